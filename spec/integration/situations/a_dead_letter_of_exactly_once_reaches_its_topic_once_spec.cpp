// By way of the outbox: it is written with the position, and the relay publishes it.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_dead_letter_of_exactly_once_reaches_its_topic_once) {
    plan({.exactly_once = true});
    produce({"1", "named", "3"}, {"a", "b", "c"});
    Member& member = start();
    ASSERT_TRUE(until_letters(1));
    ASSERT_TRUE(until_handled(2));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(letters().size(), 1U);
    EXPECT_EQ(letters().front().key, "b");
    EXPECT_EQ(letters().front().header("dlq_source_offset"), "1");
    EXPECT_EQ(position(), 3);
}

}  // namespace carafe::spec
