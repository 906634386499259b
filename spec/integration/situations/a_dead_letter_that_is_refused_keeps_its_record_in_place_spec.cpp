// The dead letter topic takes only short records, until an operator has mended it.
#include "carafe/testing/eventually.h"
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_dead_letter_that_is_refused_keeps_its_record_in_place) {
    plan({.retry = "attempts: 1, backoff: 20ms..100ms"});
    kafka.set_config(dead, {{"max.message.bytes", "1000"}});
    produce({"fail:" + std::string(3'000, 'x'), "2"});
    Member& member = start();
    ASSERT_TRUE(
        testing::eventually([&] { return member.logged("dead letter topic") >= 3; }, seconds(60))
    );
    EXPECT_EQ(handled(), 0);
    EXPECT_LE(committed(), 0);
    kafka.set_config(dead, {{"max.message.bytes", "100000"}});
    ASSERT_TRUE(until_handled(1));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(letters().size(), 1U);
    EXPECT_EQ(committed(), 2);
}

}  // namespace carafe::spec
