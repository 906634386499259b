// Whoever joins gets its share, though the member that has it never comes back from its handler.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_stuck_handler_holds_up_no_handover) {
    plan({.partitions = 2, .worker = {{"shutdown_timeout", "500ms"}}});
    produce(
        Payloads(12, "wait:never"), {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"}
    );
    Member& stuck = start();
    ASSERT_TRUE(until("SELECT count(DISTINCT part) FROM calls", "2"));
    Member& member = start();
    EXPECT_TRUE(until("SELECT count(DISTINCT pid) FROM calls", "2", seconds(12)));
    EXPECT_EQ(revoked(stuck), 1);
    EXPECT_EQ(assigned(member), 1);
}

}  // namespace carafe::spec
