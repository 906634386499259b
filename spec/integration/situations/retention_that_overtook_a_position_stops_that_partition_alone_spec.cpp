// Skipping what was deleted, or starting anew, would be for an operator to decide.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, retention_that_overtook_a_position_stops_that_partition_alone) {
    plan({.exactly_once = true, .partitions = 2});
    produce_numbers(60);
    kafka.delete_records(topic, 0, 10);
    set_position(0, 5);
    Member& member = start();
    ASSERT_TRUE(until("SELECT count(*) > 10 FROM handled WHERE part = 1", "t"));
    EXPECT_TRUE(until("SELECT lanes::text LIKE '%halted%' FROM workers", "t"));
    EXPECT_NE(member.ask("/readyz").find("halted on " + topic + "/0"), std::string::npos);
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(value("SELECT count(*) FROM handled WHERE part = 0"), "0");
    EXPECT_EQ(position(0), 5);
}

}  // namespace carafe::spec
