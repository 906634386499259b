// Kafka has forgotten what the group committed, or never heard of it.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_position_above_kafkas_is_where_it_starts) {
    plan({.exactly_once = true});
    produce_numbers(50);
    set_position(0, 30);
    Member& member = start();
    ASSERT_TRUE(until_handled(20));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled(), 20);
    EXPECT_EQ(value("SELECT min(off) FROM handled"), "30");
}

}  // namespace carafe::spec
