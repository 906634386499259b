// While it runs, to the very offset that it was assigned at.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_rewind_to_where_it_started_reads_everything_again) {
    plan({.exactly_once = true});
    produce_numbers(10);
    Member& member = start();
    ASSERT_TRUE(until_handled(10));
    set_position(0, 0);
    produce({"wakes it"});
    EXPECT_TRUE(until("SELECT count(*) FROM handled", "21"));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(position(), 11);
}

}  // namespace carafe::spec
