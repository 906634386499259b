// The server goes on with the commit of a process that is dead; whoever comes next must wait for
// it.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, killed_while_its_commit_is_under_way_it_doubles_and_loses_nothing) {
    plan({.exactly_once = true, .worker = {{"membership", "static"}}});
    produce({"1", "2"});
    Member& killed = start();
    ASSERT_TRUE(until_handled(2));
    hold_commits();
    produce({"3", "4"});
    static_cast<void>(commit_that_waits());
    killed.kill_now();
    Member& member = start();
    ASSERT_TRUE(until_blocked("%consumer_offsets%"));
    let_commits_go();
    ASSERT_TRUE(until_handled(4));
    produce({"5"});
    ASSERT_TRUE(until_handled(5));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled(), 5);
    EXPECT_EQ(position(), 5);
}

}  // namespace carafe::spec
