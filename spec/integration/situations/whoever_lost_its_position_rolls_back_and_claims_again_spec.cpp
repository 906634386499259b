// Another owner has claimed the partition since: what is under way takes no effect.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, whoever_lost_its_position_rolls_back_and_claims_again) {
    plan({.exactly_once = true});
    produce_numbers(10);
    Member& member = start();
    ASSERT_TRUE(until_handled(10));
    execute("UPDATE consumer_offsets SET epoch = epoch + 1, owner = 'other'");
    produce_numbers(10);
    ASSERT_TRUE(until_handled(20));
    ASSERT_TRUE(
        until("SELECT next_offset FROM consumer_offsets WHERE topic = '" + topic + "'", "20")
    );
    EXPECT_EQ(member.logged("fenced: another owner"), 1);
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled(), 20);
}

}  // namespace carafe::spec
