// The server cuts its connection, which looks like an outage and is none.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_handler_that_idles_in_its_transaction_pays_for_it) {
    plan(
        {.exactly_once = true,
         .retry = "attempts: 2, backoff: 20ms..100ms",
         .database = {{"idle_in_transaction_timeout", "200ms"}}}
    );
    produce({"sleep:700"});
    Member& member = start();
    ASSERT_TRUE(until_letters(1));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(letters().front().header("dlq_error_class"), "carafe::postgres::IdleTransaction");
    EXPECT_EQ(calls(), 2);
    EXPECT_EQ(handled(), 0);
}

}  // namespace carafe::spec
