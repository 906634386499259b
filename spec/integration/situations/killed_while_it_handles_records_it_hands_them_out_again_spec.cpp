// At least once: the position in Kafka moves after the handler, never before, whatever the
// background commit of the other partition does meanwhile.
#include "carafe/testing/eventually.h"
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, killed_while_it_handles_records_it_hands_them_out_again) {
    plan({.partitions = 2, .kafka = {{"auto.commit.interval.ms", "100"}}});
    produce_numbers(20);
    Member& killed = start();
    ASSERT_TRUE(until_handled(20));
    produce({"wait:go"});
    ASSERT_TRUE(until(
        "SELECT count(*) FROM calls WHERE first = last AND attempt = 1 AND pid = " + killed.pid() +
            " AND NOT EXISTS (SELECT 1 FROM handled WHERE part = calls.part AND off = calls.first)",
        "1"
    ));
    produce_numbers(20);
    ASSERT_TRUE(testing::eventually([&] { return committed(0) + committed(1) > 22; }));
    killed.kill_now();
    open("go");
    Member& member = start();
    ASSERT_TRUE(until_handled(41));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled("wait:go"), 1);
}

}  // namespace carafe::spec
