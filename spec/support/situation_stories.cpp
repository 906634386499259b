// What several situations go through.
#include <atomic>
#include <thread>

#include "carafe/testing/eventually.h"
#include "support/situation.h"

namespace carafe::spec {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int kChanges = 24;
constexpr seconds kBetweenChanges{5};
constexpr milliseconds kBetweenRecords{50};
constexpr int kRecordsAtOnce = 20;

}  // namespace

int Situation::come_and_go(const std::string& payload) {
    std::atomic<int> produced{0};
    std::jthread source([&](const std::stop_token& stop) {
        const auto producer = make_producer(kafka.properties());
        while (!stop.stop_requested()) {
            std::vector<Record> records;
            for (int count = 0; count < kRecordsAtOnce; ++count) {
                records.push_back({topic, std::to_string(produced + count), payload, {}});
            }
            producer->produce(records, seconds(30));
            produced += kRecordsAtOnce;
            std::this_thread::sleep_for(kBetweenRecords);
        }
    });
    Member* guest = nullptr;
    auto next_change = Clock::now();
    for (int change = 0; change < kChanges; ++change) {
        next_change += kBetweenChanges;
        std::this_thread::sleep_until(next_change);
        if (guest == nullptr) {
            guest = &start();
        } else {
            EXPECT_TRUE(testing::eventually(
                [&] { return guest->logged("worker starting") > 0; }, seconds(60)
            ));
            EXPECT_EQ(guest->stop(), 0);
            guest = nullptr;
        }
    }
    source.request_stop();
    source.join();
    return produced;
}

}  // namespace carafe::spec
