// Up to max_wait: two records that come one after the other make one call.
#include "carafe/testing/eventually.h"
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_batch_that_is_not_full_waits_for_company) {
    plan({.batch = "max_messages: 500, max_wait: 5s"});
    produce({"1"});
    Member& member = start();
    ASSERT_TRUE(testing::eventually([&] { return assigned(member) == 1; }, seconds(60)));
    produce({"2"});
    ASSERT_TRUE(until_handled(2));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(calls(), 1);
}

}  // namespace carafe::spec
