// It waits for its second attempt, and its follower with it; the rest of the partition does not.
#include "carafe/testing/eventually.h"
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, a_failing_key_lets_the_others_go_on) {
    plan({.lanes = 4, .retry = "attempts: 2, backoff: 4s..4s"});
    produce({"fail", "follows"}, {"bad", "bad"});
    Member& member = start();
    ASSERT_TRUE(testing::eventually([&] { return member.logged("told to fail") > 0; }, seconds(45)))
        << "the first attempt did not fail";
    produce_numbers(20);
    ASSERT_TRUE(until_handled(21));
    ASSERT_TRUE(until_letters(1));
    EXPECT_EQ(member.stop(), 0);
    const std::string second = "(SELECT at FROM calls WHERE attempt = 2)";
    EXPECT_EQ(value("SELECT count(*) FROM handled WHERE key <> 'bad' AND at < " + second), "20");
    EXPECT_EQ(value("SELECT count(*) FROM handled WHERE key = 'bad' AND at > " + second), "1");
}

}  // namespace carafe::spec
