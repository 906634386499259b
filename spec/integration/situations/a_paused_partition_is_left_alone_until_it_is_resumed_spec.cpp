// By an operator, while the other one goes on.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_paused_partition_is_left_alone_until_it_is_resumed) {
    plan({.partitions = 2});
    Member& member = start();
    produce_numbers(20);
    ASSERT_TRUE(until_handled(20));
    execute(
        "INSERT INTO consumer_pauses (grp, topic, partition, actor, reason) VALUES ('" + group +
        "', '" + topic + "', 0, 'operator', 'a look')"
    );
    ASSERT_TRUE(until("SELECT lanes::text LIKE '%paused%' FROM workers", "t"));
    const std::string left_alone = value("SELECT count(*) FROM handled WHERE part = 0");
    const int other = std::stoi(value("SELECT count(*) FROM handled WHERE part = 1"));
    produce_numbers(20);
    ASSERT_TRUE(until("SELECT count(*) FROM handled WHERE part = 1", std::to_string(2 * other)));
    EXPECT_EQ(value("SELECT count(*) FROM handled WHERE part = 0"), left_alone);
    execute("DELETE FROM consumer_pauses");
    ASSERT_TRUE(until_handled(40));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled(), 40);
}

}  // namespace carafe::spec
