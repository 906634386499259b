// Another one would read the same bytes.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, bytes_that_cannot_be_read_are_set_apart_after_one_attempt) {
    plan({});
    produce({"1", "garbage", "3"});
    Member& member = start();
    ASSERT_TRUE(until_handled(2));
    EXPECT_EQ(member.stop(), 0);
    ASSERT_EQ(letters().size(), 1U);
    EXPECT_EQ(letters().front().header("dlq_attempts"), "1");
    EXPECT_EQ(letters().front().header("dlq_error_class"), "carafe::UndecodableError");
    EXPECT_EQ(handled(), 2);
    EXPECT_LE(calls(), 3);
}

}  // namespace carafe::spec
