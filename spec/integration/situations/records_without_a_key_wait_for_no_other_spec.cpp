// They have no order, so one that takes its time holds nobody up.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, records_without_a_key_wait_for_no_other) {
    plan({.lanes = 4});
    produce_record({"", std::nullopt, "wait:go", {}});
    produce_record({"", std::nullopt, "2", {}});
    produce_record({"", std::nullopt, "3", {}});
    Member& member = start();
    ASSERT_TRUE(until_handled(2));
    open("go");
    ASSERT_TRUE(until_handled(3));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(committed(), 3);
}

}  // namespace carafe::spec
