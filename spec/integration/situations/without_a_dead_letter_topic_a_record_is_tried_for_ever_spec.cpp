// There is nowhere to put it; what comes after it in the partition waits.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, without_a_dead_letter_topic_a_record_is_tried_for_ever) {
    plan({.dead_letters = false});
    produce({"fail-until:mended", "2"});
    Member& member = start();
    ASSERT_TRUE(until("SELECT count(*) >= 8 FROM calls", "t"));
    open("mended");
    ASSERT_TRUE(until_handled(2));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(committed(), 2);
}

}  // namespace carafe::spec
