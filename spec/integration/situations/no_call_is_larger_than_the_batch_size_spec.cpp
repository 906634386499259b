// However much has been fetched.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, no_call_is_larger_than_the_batch_size) {
    plan({.batch = "max_messages: 7, max_wait: 5ms"});
    produce_numbers(100);
    Member& member = start();
    ASSERT_TRUE(until_handled(100));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(value("SELECT max(records) FROM calls"), "7");
    EXPECT_EQ(handled(), 100);
}

}  // namespace carafe::spec
