// Whoever kills workers says nothing about the record in hand. As a static member, so that each
// life begins at once.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, twenty_kills_from_outside_dead_letter_nothing) {
    constexpr int kKills = 20;
    plan({.worker = {{"membership", "static"}}});
    produce({"1", "wait:go", "3"});
    for (int kills = 1; kills <= kKills; ++kills) {
        Member& killed = start();
        ASSERT_TRUE(
            until("SELECT count(*) > 0 FROM calls WHERE last > 0 AND pid = " + killed.pid(), "t")
        ) << kills;
        killed.kill_now();
    }
    open("go");
    Member& member = start();
    ASSERT_TRUE(until_handled(3));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_TRUE(letters().empty());
    EXPECT_EQ(handled("wait:go"), 1);
}

}  // namespace carafe::spec
