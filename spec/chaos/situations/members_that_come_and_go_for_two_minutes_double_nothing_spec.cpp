// Every five seconds one joins or leaves, under load.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, members_that_come_and_go_for_two_minutes_double_nothing) {
    plan({.exactly_once = true, .partitions = 6, .batch = "max_messages: 50, max_wait: 5ms"});
    Member& steady = start();
    const int produced = come_and_go("good");
    ASSERT_TRUE(until_handled(produced, seconds(90)));
    EXPECT_EQ(steady.stop(), 0);
    EXPECT_EQ(handled(), produced);
    EXPECT_GT(produced, 5'000);
}

}  // namespace carafe::spec
