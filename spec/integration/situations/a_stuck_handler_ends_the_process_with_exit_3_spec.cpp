// Within the shutdown timeout and the moment that leaving the group takes.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_stuck_handler_ends_the_process_with_exit_3) {
    plan({.worker = {{"shutdown_timeout", "500ms"}}});
    produce({"wait:never"});
    Member& member = start();
    ASSERT_TRUE(until("SELECT count(*) FROM calls", "1"));
    const auto began = std::chrono::steady_clock::now();
    EXPECT_EQ(member.stop(), 3);
    EXPECT_LT(std::chrono::steady_clock::now() - began, seconds(6));
    EXPECT_EQ(handled(), 0);
    EXPECT_LE(committed(), 0);
}

}  // namespace carafe::spec
