// One call of all, one of what comes before it and one after, and its own attempts.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_culprit_that_is_named_costs_no_search) {
    plan({});
    Payloads payloads(100, "good");
    payloads[60] = "named";
    produce(payloads);
    Member& member = start();
    ASSERT_TRUE(until_handled(99));
    ASSERT_TRUE(until_letters(1));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled(), 99);
    EXPECT_LE(calls(), 5);
}

}  // namespace carafe::spec
