// A redriven record is for the group that failed; the position moves past it all the same.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_copy_for_another_group_is_passed_over) {
    plan({});
    produce_record({"", "key", "mine", {{"dlq_redrive_group", group}}});
    produce_record({"", "key", "not mine", {{"dlq_redrive_group", "another"}}});
    produce_record({"", "key", "everybody's", {}});
    Member& member = start();
    ASSERT_TRUE(until_handled(2));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled("not mine"), 0);
    EXPECT_EQ(committed(), 3);
}

}  // namespace carafe::spec
