// SIGSTOP for 20 s, then SIGCONT: the server ends its transaction, another member has long gone on,
// and what the zombie has in hand neither takes effect nor moves a position.
#include <thread>

#include "carafe/testing/eventually.h"
#include "support/situation.h"

namespace carafe::spec {

TEST_F(Situation, stopped_in_a_transaction_it_is_followed_and_takes_no_effect) {
    plan({.exactly_once = true, .batch = "max_messages: 5, max_wait: 5ms"});
    produce({"1", "2", "wait:go", "4", "5"});
    Member& stopped = start();
    ASSERT_TRUE(until("SELECT count(*) FROM calls", "1"));
    stopped.freeze();
    const auto thaws_at = std::chrono::steady_clock::now() + seconds(20);
    Member& follower = start();
    ASSERT_TRUE(until("SELECT count(*) FROM calls WHERE pid = " + follower.pid(), "1", seconds(19)))
        << "the lock of the transaction that was stopped is in its way";
    open("go");
    ASSERT_TRUE(until_handled(5));
    std::this_thread::sleep_until(thaws_at);
    stopped.thaw();
    ASSERT_TRUE(testing::eventually([&] { return revoked(stopped) == 1; }, seconds(30)));
    produce_numbers(10);
    ASSERT_TRUE(until_handled(15));
    EXPECT_EQ(stopped.stop(), 0);
    EXPECT_EQ(follower.stop(), 0);
    EXPECT_EQ(handled(), 15);
    EXPECT_EQ(value("SELECT count(*) FROM handled WHERE off < 5 AND pid = " + stopped.pid()), "0");
    EXPECT_EQ(position(), 15);
}

}  // namespace carafe::spec
