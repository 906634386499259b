// Its transaction is aborted, and COMMIT would roll back without a word.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_handler_that_swallows_an_sql_error_commits_nothing) {
    plan({.exactly_once = true, .retry = "attempts: 2, backoff: 20ms..100ms"});
    produce({"1", "2", "swallow"});
    Member& member = start();
    ASSERT_TRUE(until_letters(1));
    ASSERT_TRUE(until_handled(2));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(letters().front().payload, "swallow");
    EXPECT_EQ(handled(), 2);
    EXPECT_EQ(position(), 3);
}

}  // namespace carafe::spec
