// No row yet: what the group has committed in Kafka is where to start.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_route_that_becomes_exactly_once_goes_on_at_kafkas_position) {
    plan({});
    produce_numbers(40);
    Member& before = start();
    ASSERT_TRUE(until_handled(40));
    ASSERT_EQ(before.stop(), 0);
    plan({.exactly_once = true});
    produce_numbers(20);
    Member& after = start();
    ASSERT_TRUE(until_handled(60));
    EXPECT_EQ(after.stop(), 0);
    EXPECT_EQ(handled(), 60);
    EXPECT_EQ(position(), 60);
}

}  // namespace carafe::spec
