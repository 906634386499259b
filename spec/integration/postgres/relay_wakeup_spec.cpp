// How soon a relay turns to new rows. The poll, every 100 ms, would take 50 ms on average: medians
// well below that show that signal and NOTIFY do the work.
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>

#include "carafe/testing/eventually.h"
#include "integration/postgres/relay_support.h"

namespace carafe::postgres::spec {
namespace {

using namespace std::chrono_literals;
using carafe::testing::eventually;
using Clock = std::chrono::steady_clock;

// Nobody told it: it looks every 100 ms.
constexpr auto kPolledMedian = 45ms;

class RelayWakeupSpec : public RelayFixture {
protected:
    // And tells nobody.
    void write(const std::string& key) {
        pqxx::work tx(*writer_);
        enqueue(tx, {{"orders", key, "x", {}}});
        tx.commit();
    }

    std::string owners() const {
        return database_.value("SELECT count(DISTINCT owner) FROM outbox_shards");
    }

    // From `tell` to the producer, at the median of 31 rows of different shards.
    template <typename Tell>
    std::chrono::microseconds median_delay(Tell tell) {
        std::atomic<Clock::rep> produced{0};
        broker_.on_produce([&](const auto&) { produced = Clock::now().time_since_epoch().count(); }
        );
        std::vector<std::chrono::microseconds> delays;
        for (int number = 0; number < 31; ++number) {
            produced = 0;
            write("order-" + std::to_string(number));
            const auto told = Clock::now();
            tell();
            EXPECT_TRUE(eventually([&] { return produced != 0; }));
            delays.push_back(std::chrono::duration_cast<std::chrono::microseconds>(
                Clock::duration(produced) - told.time_since_epoch()
            ));
            EXPECT_TRUE(eventually([&] {
                return database_.value("SELECT count(*) FROM outbox") == "0";
            }));
        }
        broker_.on_produce({});
        std::sort(delays.begin(), delays.end());
        return delays[delays.size() / 2];
    }
};

TEST_F(RelayWakeupSpec, turns_to_rows_of_its_own_process_at_once) {
    const auto one = relay(signal_, "one");
    ASSERT_TRUE(eventually([&] { return owners() == "1"; }));
    const auto delay = median_delay([&] { signal_.notify(); });
    RecordProperty("median_us", std::to_string(delay.count()));
    EXPECT_LT(delay, kPolledMedian);
}

TEST_F(RelayWakeupSpec, tells_relays_of_other_processes) {
    RelaySignal nobody;
    const auto one = relay(nobody, "one");
    ASSERT_TRUE(eventually([&] { return shards_of("one") == 16; }));
    const auto two = relay(signal_, "two");
    const auto delay = median_delay([&] { signal_.notify(); });
    EXPECT_EQ(shards_of("one"), 16);
    RecordProperty("median_us", std::to_string(delay.count()));
    EXPECT_LT(delay, kPolledMedian);
}

TEST_F(RelayWakeupSpec, hears_a_notification_of_another_process) {
    const auto one = relay(signal_, "one");
    ASSERT_TRUE(eventually([&] { return owners() == "1"; }));
    const auto delay = median_delay([&] {
        pqxx::nontransaction tx(*writer_);
        tx.exec("SELECT pg_notify('carafe_outbox_' || left(md5(current_schema()), 16), 'rows')");
    });
    RecordProperty("median_us", std::to_string(delay.count()));
    EXPECT_LT(delay, kPolledMedian);
}

}  // namespace
}  // namespace carafe::postgres::spec
