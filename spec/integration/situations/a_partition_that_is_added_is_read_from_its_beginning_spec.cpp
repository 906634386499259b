// Also what was written to it before the group heard of it; the partitions from before go on.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_partition_that_is_added_is_read_from_its_beginning) {
    plan({.kafka = {{"topic.metadata.refresh.interval.ms", "500"}}});
    Member& member = start();
    produce_numbers(5);
    ASSERT_TRUE(until_handled(5));
    // It must not be given the new ones before there is something in them.
    member.freeze();
    kafka.grow(topic, 4);
    produce_numbers(60);
    member.thaw();
    ASSERT_TRUE(until_handled(65));
    EXPECT_EQ(value("SELECT count(DISTINCT part) FROM handled"), "4");
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled(), 65);
}

}  // namespace carafe::spec
