// Nobody says which: it is found by halves, and the other 499 are applied once.
// Two halves each time, the last of them again until it is given up.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, one_bad_record_among_500_costs_only_itself) {
    plan({.exactly_once = true});
    Payloads payloads(500, "good");
    payloads[250] = "fail";
    produce(payloads);
    Member& member = start();
    ASSERT_TRUE(until_handled(499));
    ASSERT_TRUE(until_letters(1));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled(), 499);
    EXPECT_EQ(letters().front().payload, "fail");
    EXPECT_EQ(letters().front().header("dlq_attempts"), "3");
    EXPECT_LE(calls(), 2 * 9 + 3);
}

}  // namespace carafe::spec
