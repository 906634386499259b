// revoked() where another member takes over, shutdown() where the worker stops.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_consumer_is_told_whether_its_partition_or_its_process_goes) {
    plan({.partitions = 2});
    produce_numbers(20);
    Member& member = start();
    ASSERT_TRUE(until_handled(20));
    Member& other = start();
    ASSERT_TRUE(until("SELECT string_agg(name, ',') FROM hooks", "revoked"));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(
        value("SELECT string_agg(name, ',' ORDER BY id) FROM hooks WHERE pid = " + member.pid()),
        "revoked,shutdown"
    );
    EXPECT_EQ(other.stop(), 0);
}

}  // namespace carafe::spec
