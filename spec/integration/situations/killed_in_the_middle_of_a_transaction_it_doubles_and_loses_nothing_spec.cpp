// Effects and position go together, or not at all.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, killed_in_the_middle_of_a_transaction_it_doubles_and_loses_nothing) {
    plan({.exactly_once = true});
    produce({"1", "2", "wait:go", "4", "5"});
    Member& killed = start();
    ASSERT_TRUE(until("SELECT count(*) FROM calls", "1"));
    killed.kill_now();
    open("go");
    Member& member = start();
    ASSERT_TRUE(until_handled(5));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled(), 5);
    EXPECT_EQ(position(), 5);
}

}  // namespace carafe::spec
