// It is noted beside the position in Kafka, which cannot move past the stuck one.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, what_was_done_behind_a_stuck_key_is_not_repeated) {
    plan({.lanes = 4, .worker = {{"shutdown_timeout", "500ms"}, {"membership", "static"}}});
    produce({"wait:go"}, {"stuck"});
    produce_numbers(200);
    Member& before = start();
    ASSERT_TRUE(until_handled(200));
    EXPECT_EQ(before.stop(), 3);
    EXPECT_EQ(committed(), 0);
    open("go");
    Member& after = start();
    ASSERT_TRUE(until_handled(201));
    EXPECT_EQ(after.stop(), 0);
    EXPECT_EQ(handled(), 201);
    EXPECT_EQ(committed(), 201);
}

}  // namespace carafe::spec
