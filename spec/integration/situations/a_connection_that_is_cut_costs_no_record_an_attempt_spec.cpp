// In the middle of the transaction, where one attempt is all that a record has.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_connection_that_is_cut_costs_no_record_an_attempt) {
    plan({.exactly_once = true, .retry = "attempts: 1, backoff: 20ms..100ms"});
    open("scissors");
    produce({"cut:scissors"});
    Member& member = start();
    ASSERT_TRUE(until_handled(1));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled(), 1);
    EXPECT_EQ(calls(), 2);
    EXPECT_EQ(value("SELECT max(attempt) FROM handled"), "1");
    EXPECT_TRUE(letters().empty());
}

}  // namespace carafe::spec
