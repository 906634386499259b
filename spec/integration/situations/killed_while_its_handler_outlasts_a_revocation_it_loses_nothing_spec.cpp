// Its partition has gone to another member, and it dies before it is through with it.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, killed_while_its_handler_outlasts_a_revocation_it_loses_nothing) {
    plan({.partitions = 2});
    const Payloads payloads(12, "wait:go");
    produce(payloads, {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"});
    Member& killed = start();
    ASSERT_TRUE(until("SELECT count(DISTINCT part) FROM calls", "2"));
    Member& member = start();
    ASSERT_TRUE(until("SELECT count(DISTINCT pid) FROM calls", "2"));
    killed.kill_now();
    open("go");
    ASSERT_TRUE(until_handled(12));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(value("SELECT count(*) FROM handled WHERE pid = " + member.pid()), "12");
}

}  // namespace carafe::spec
