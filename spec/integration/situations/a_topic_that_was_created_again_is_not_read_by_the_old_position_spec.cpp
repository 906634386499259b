// Under the same name, and already longer than the position: nothing is skipped in silence, nothing
// is done again, until an operator has decided.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_topic_that_was_created_again_is_not_read_by_the_old_position) {
    plan({.exactly_once = true});
    produce_numbers(10);
    Member& before = start();
    ASSERT_TRUE(until_handled(10));
    ASSERT_EQ(before.stop(), 0);
    kafka.remove_topic(topic);
    kafka.create_topic("situation", 1);
    produce_numbers(30);
    Member& halted = start();
    ASSERT_TRUE(until(
        "SELECT lanes::text LIKE '%halted%' FROM workers WHERE owner LIKE '%:" + halted.pid() + "'",
        "t"
    ));
    EXPECT_GT(halted.logged("another topic of this name"), 0);
    EXPECT_EQ(halted.stop(), 0);
    EXPECT_EQ(handled(), 10);
    EXPECT_EQ(position(), 10);
    set_position(0, 0);
    Member& after = start();
    ASSERT_TRUE(until("SELECT count(*) FROM handled", "40"));
    EXPECT_EQ(after.stop(), 0);
}

}  // namespace carafe::spec
