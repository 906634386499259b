// The server dies in the middle of the commit; nothing comes after it that would tell.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, cut_after_commit_was_sent_it_does_again_what_took_no_effect) {
    plan({.exactly_once = true});
    hold_commits();
    produce({"1", "2", "3"});
    Member& member = start();
    const std::string pid = commit_that_waits();
    static_cast<void>(value("SELECT pg_terminate_backend(" + pid + ", 5000)"));
    let_commits_go();
    ASSERT_TRUE(until_handled(3));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled(), 3);
    EXPECT_EQ(position(), 3);
}

}  // namespace carafe::spec
