// An operator has rewound it; what Kafka says is only a hint.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_position_below_kafkas_is_where_it_starts) {
    plan({.exactly_once = true});
    produce_numbers(50);
    Member& before = start();
    ASSERT_TRUE(until_handled(50));
    ASSERT_EQ(before.stop(), 0);
    ASSERT_EQ(committed(), 50);
    set_position(0, 20);
    Member& after = start();
    EXPECT_TRUE(until("SELECT count(*) FROM handled", "80"));
    EXPECT_EQ(after.stop(), 0);
    EXPECT_EQ(position(), 50);
}

}  // namespace carafe::spec
