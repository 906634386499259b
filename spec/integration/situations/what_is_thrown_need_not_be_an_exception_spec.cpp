// A handler may throw an int: the record is given up like any other, and the process lives.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, what_is_thrown_need_not_be_an_exception) {
    plan({.retry = "attempts: 2, backoff: 20ms..100ms"});
    produce({"1", "number", "3"});
    Member& member = start();
    ASSERT_TRUE(until_letters(1));
    ASSERT_TRUE(until_handled(2));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(letters().front().payload, "number");
    EXPECT_EQ(letters().front().header("dlq_error_class"), "unknown");
}

}  // namespace carafe::spec
