// A conflict is nobody's fault while nothing else gets on.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_lock_that_another_holds_is_waited_for) {
    plan(
        {.exactly_once = true,
         .retry = "attempts: 2, backoff: 20ms..100ms",
         .database = {{"lock_timeout", "100ms"}}}
    );
    static_cast<void>(value("SELECT pg_advisory_lock(hashtext(current_schema()))"));
    produce({"1", "sql:SELECT pg_advisory_xact_lock(hashtext(current_schema()))", "3"});
    Member& member = start();
    ASSERT_TRUE(until("SELECT count(*) >= 8 FROM calls WHERE last = 1", "t"));
    static_cast<void>(value("SELECT pg_advisory_unlock(hashtext(current_schema()))"));
    ASSERT_TRUE(until_handled(3));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled(), 3);
    EXPECT_TRUE(letters().empty());
}

}  // namespace carafe::spec
