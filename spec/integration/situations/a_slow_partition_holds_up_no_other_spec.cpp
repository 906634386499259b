// Nor the membership: the handlers have threads of their own.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_slow_partition_holds_up_no_other) {
    plan({.partitions = 3});
    produce({"wait:go"});
    Member& member = start();
    ASSERT_TRUE(until("SELECT count(*) FROM calls", "1"));
    produce_numbers(60);
    ASSERT_TRUE(until(
        "SELECT count(DISTINCT part) FROM handled WHERE part <> (SELECT part FROM calls WHERE id = "
        "1)",
        "2"
    ));
    open("go");
    ASSERT_TRUE(until_handled(61));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled(), 61);
}

}  // namespace carafe::spec
