// Neither the database nor Kafka knows a position.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_first_start_begins_with_the_oldest_record) {
    plan({.exactly_once = true, .partitions = 3});
    produce_numbers(60);
    Member& member = start();
    ASSERT_TRUE(until_handled(60));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled(), 60);
    EXPECT_EQ(position(0) + position(1) + position(2), 60);
}

}  // namespace carafe::spec
