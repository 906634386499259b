// KIP-848: every five seconds one joins or leaves, under load.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, members_of_the_consumer_protocol_that_come_and_go_double_nothing) {
    plan(
        {.exactly_once = true,
         .partitions = 6,
         .batch = "max_messages: 50, max_wait: 5ms",
         .kafka = {{"group.protocol", "consumer"}}}
    );
    Member& steady = start();
    const int produced = come_and_go("good");
    ASSERT_TRUE(until_handled(produced, seconds(90)));
    EXPECT_EQ(steady.stop(), 0);
    EXPECT_EQ(handled(), produced);
    EXPECT_GT(produced, 5'000);
}

}  // namespace carafe::spec
