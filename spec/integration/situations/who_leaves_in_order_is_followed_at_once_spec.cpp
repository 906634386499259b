// Its partitions go to the others without the wait for a session that times out.
#include "carafe/testing/eventually.h"
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, who_leaves_in_order_is_followed_at_once) {
    plan({.partitions = 2, .kafka = {{"session.timeout.ms", "30000"}}});
    Member& stays = start();
    ASSERT_TRUE(testing::eventually([&] { return assigned(stays) == 2; }, seconds(60)));
    Member& leaves = start();
    ASSERT_TRUE(testing::eventually([&] { return assigned(leaves) == 1; }, seconds(60)));
    EXPECT_EQ(leaves.stop(), 0);
    EXPECT_TRUE(testing::eventually([&] { return assigned(stays) == 3; }, seconds(10)));
    produce_numbers(20);
    ASSERT_TRUE(until_handled(20));
    EXPECT_EQ(stays.stop(), 0);
}

}  // namespace carafe::spec
