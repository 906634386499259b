// What several situations go through.
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

Load::Load(std::map<std::string, std::string> properties, std::string topic, std::string payload)
    : properties_(std::move(properties)),
      topic_(std::move(topic)),
      payload_(std::move(payload)),
      thread_([this](const std::stop_token& stop) { produce(stop); }) {}

void Load::produce(const std::stop_token& stop) {
    const auto producer = make_producer(properties_);
    while (!stop.stop_requested()) {
        std::vector<Record> records;
        for (int count = 0; count < kRecordsAtOnce; ++count) {
            records.push_back({topic_, std::to_string(produced_ + count), payload_, {}});
        }
        for (const DeliveryReport& report : producer->produce(records, seconds(30))) {
            EXPECT_EQ(report.error, "");
        }
        produced_ += kRecordsAtOnce;
        std::this_thread::sleep_for(kBetweenRecords);
    }
}

int Load::stop() {
    thread_.request_stop();
    thread_.join();
    return produced_;
}

void Situation::expect_followed_after_a_kill() {
    const std::vector<Member*> members{&start(), &start()};
    ASSERT_TRUE(testing::eventually(
        [&] {
            return assigned(*members[0]) - revoked(*members[0]) == 1 &&
                   assigned(*members[1]) - revoked(*members[1]) == 1;
        },
        seconds(45)
    ));
    produce({"wait:go"});
    ASSERT_TRUE(until("SELECT count(*) FROM calls", "1"));
    const std::string owner = value("SELECT pid FROM calls");
    const bool is_first = members[0]->pid() == owner;
    const auto killed_at = Clock::now();
    members[is_first ? 0 : 1]->kill_now();
    open("go");
    ASSERT_TRUE(until_handled(1));
    const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - killed_at);
    EXPECT_LE(took, seconds(10));
    std::cout << "from the kill to the record's effect: " << took.count() << " ms\n";
    EXPECT_EQ(members[is_first ? 1 : 0]->stop(), 0);
    EXPECT_EQ(handled(), 1);
}

int Situation::come_and_go(const std::string& payload) {
    Load load(kafka.properties(), topic, payload);
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
    return load.stop();
}

void Situation::expect_nothing_doubled_by_who_comes_and_goes(
    std::map<std::string, std::string> properties
) {
    plan(
        {.exactly_once = true,
         .partitions = 6,
         .batch = "max_messages: 50, max_wait: 5ms",
         .kafka = std::move(properties)}
    );
    Member& steady = start();
    const int produced = come_and_go("good");
    ASSERT_TRUE(until_handled(produced, seconds(90)));
    EXPECT_EQ(steady.stop(), 0);
    EXPECT_EQ(handled(), produced);
    EXPECT_GT(produced, 5'000);
}

}  // namespace carafe::spec
