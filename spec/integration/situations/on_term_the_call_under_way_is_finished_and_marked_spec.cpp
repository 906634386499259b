// And what was not begun is left for the next one.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, on_term_the_call_under_way_is_finished_and_marked) {
    plan({.batch = "max_messages: 1, max_wait: 5ms"});
    produce({"sleep:1500", "2"});
    Member& before = start();
    ASSERT_TRUE(until("SELECT count(*) FROM calls", "1"));
    EXPECT_EQ(before.stop(), 0);
    EXPECT_EQ(handled(), 1);
    EXPECT_EQ(committed(), 1);
    Member& after = start();
    ASSERT_TRUE(until_handled(2));
    EXPECT_EQ(after.stop(), 0);
    EXPECT_EQ(handled(), 2);
}

}  // namespace carafe::spec
