// The answer is lost with the connection; the server goes on and commits.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, cut_after_commit_was_sent_it_finds_that_it_took_effect) {
    plan({.exactly_once = true});
    hold_commits();
    produce({"1", "cut:scissors", "3"});
    Member& member = start();
    static_cast<void>(commit_that_waits());
    open("scissors");
    ASSERT_TRUE(until_blocked("%FOR UPDATE%"));
    let_commits_go();
    ASSERT_TRUE(until_handled(3));
    produce({"4"});
    ASSERT_TRUE(until_handled(4));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled(), 4);
    EXPECT_EQ(position(), 4);
    EXPECT_EQ(member.logged("fenced"), 0);
}

}  // namespace carafe::spec
