// A migration has not been applied; it is, and everything goes on.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_missing_table_is_no_records_fault) {
    plan({.exactly_once = true, .retry = "attempts: 2, backoff: 20ms..100ms"});
    produce({"1", "sql:INSERT INTO comes_later VALUES (1)"});
    Member& member = start();
    ASSERT_TRUE(until("SELECT count(*) >= 6 FROM calls", "t"));
    EXPECT_GT(member.logged("are all migrations applied?"), 0);
    execute("CREATE TABLE comes_later (number int)");
    ASSERT_TRUE(until_handled(2));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(value("SELECT count(*) FROM comes_later"), "1");
    EXPECT_TRUE(letters().empty());
}

}  // namespace carafe::spec
