// The call returned, so the others are done; what it marked has its attempts.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, records_that_a_handler_marks_are_tried_alone) {
    plan({});
    produce({"1", "mark", "3", "4"});
    Member& member = start();
    ASSERT_TRUE(until_letters(1));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(letters().front().header("dlq_attempts"), "3");
    EXPECT_EQ(handled(), 3);
    EXPECT_EQ(calls(), 3);
    EXPECT_EQ(committed(), 4);
}

}  // namespace carafe::spec
