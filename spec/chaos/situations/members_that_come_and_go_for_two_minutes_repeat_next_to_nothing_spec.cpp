// At least once: a revocation waits for what is in hand and commits it before the next owner asks.
#include <iostream>

#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, members_that_come_and_go_for_two_minutes_repeat_next_to_nothing) {
    plan({.partitions = 6, .batch = "max_messages: 10, max_wait: 5ms"});
    Member& steady = start();
    const int produced = come_and_go("sleep:10");
    ASSERT_TRUE(until_handled(produced, seconds(90)));
    EXPECT_EQ(steady.stop(), 0);
    const int rebalances = std::stoi(value("SELECT count(*) FROM hooks WHERE name = 'revoked'"));
    const int replays = handled() - produced;
    std::cout << produced << " records, " << rebalances << " revocations, " << replays
              << " replays\n";
    EXPECT_GE(rebalances, 12);
    EXPECT_LE(replays, rebalances);
}

}  // namespace carafe::spec
