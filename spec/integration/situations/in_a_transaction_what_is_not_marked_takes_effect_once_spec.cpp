// The transaction is rolled back, and the others are done without what was marked.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, in_a_transaction_what_is_not_marked_takes_effect_once) {
    plan({.exactly_once = true});
    produce({"1", "mark", "3", "4"});
    Member& member = start();
    ASSERT_TRUE(until_letters(1));
    ASSERT_TRUE(until_handled(3));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(letters().front().payload, "mark");
    EXPECT_EQ(handled(), 3);
    EXPECT_EQ(position(), 4);
}

}  // namespace carafe::spec
