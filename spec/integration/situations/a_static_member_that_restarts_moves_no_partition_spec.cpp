// The other one keeps what it has, and so does the one that comes back, at once.
#include "carafe/testing/eventually.h"
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_static_member_that_restarts_moves_no_partition) {
    plan(
        {.partitions = 4,
         .kafka = {{"session.timeout.ms", "30000"}},
         .worker = {{"membership", "static"}}}
    );
    Member& stays = start();
    ASSERT_TRUE(testing::eventually([&] { return assigned(stays) == 4; }, seconds(60)));
    Member& leaves = start();
    ASSERT_TRUE(testing::eventually([&] { return assigned(leaves) == 2; }, seconds(60)));
    ASSERT_TRUE(testing::eventually([&] { return revoked(stays) == 2; }, seconds(60)));
    ASSERT_EQ(leaves.stop(), 0);
    Member& returns = start();
    produce_numbers(60);
    ASSERT_TRUE(until_handled(60, seconds(15)));
    EXPECT_EQ(assigned(stays), 4);
    EXPECT_EQ(revoked(stays), 2);
    EXPECT_EQ(assigned(returns), 2);
    EXPECT_EQ(returns.stop(), 0);
    EXPECT_EQ(stays.stop(), 0);
    EXPECT_EQ(handled(), 60);
}

}  // namespace carafe::spec
