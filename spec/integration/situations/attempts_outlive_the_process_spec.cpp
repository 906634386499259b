// Two have been made when it dies, so the next one makes the third and last.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, attempts_outlive_the_process) {
    plan({.retry = "attempts: 3, backoff: 1s..1s", .worker = {{"membership", "static"}}});
    produce({"fail"});
    Member& killed = start();
    ASSERT_TRUE(until("SELECT count(*) FROM calls", "2"));
    killed.kill_now();
    Member& member = start();
    ASSERT_TRUE(until_letters(1));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(calls(), 3);
    EXPECT_EQ(letters().front().header("dlq_attempts"), "3");
}

}  // namespace carafe::spec
