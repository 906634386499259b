// Its follower waits with it; every other key of the partition goes on.
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_slow_key_delays_only_its_own_records) {
    plan({.lanes = 4});
    Payloads payloads(22, "good");
    payloads[0] = "wait:go";
    payloads[1] = "follows";
    std::vector<std::string> keys{"slow", "slow"};
    for (int key = 0; key < 20; ++key) {
        keys.push_back("key-" + std::to_string(key));
    }
    produce(payloads, keys);
    Member& member = start();
    ASSERT_TRUE(until_handled(20));
    EXPECT_EQ(handled("follows"), 0);
    open("go");
    ASSERT_TRUE(until_handled(22));
    EXPECT_EQ(member.stop(), 0);
    EXPECT_EQ(handled(), 22);
    EXPECT_EQ(committed(), 22);
}

}  // namespace carafe::spec
