// The whole database is slow, so it seems.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_statement_that_times_out_while_nothing_gets_on_is_no_records_fault) {
    plan(
        {.exactly_once = true,
         .retry = "attempts: 2, backoff: 20ms..100ms",
         .database = {{"statement_timeout", "150ms"}}}
    );
    produce({"sql:SELECT pg_sleep(1) WHERE NOT EXISTS (SELECT 1 FROM gates)"});
    Member& member = start();
    ASSERT_TRUE(until("SELECT count(*) >= 5 FROM calls", "t"));
    open("quick again");
    ASSERT_TRUE(until_handled(1));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled(), 1);
    EXPECT_TRUE(letters().empty());
}

}  // namespace carafe::spec
