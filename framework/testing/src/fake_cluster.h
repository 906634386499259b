#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "carafe/producer.h"
#include "kafka/consumer_client.h"

namespace carafe::testing {

// A record as the fake broker keeps it; shared with whoever reads it.
struct FakeRecord {
    Record record;
    std::chrono::system_clock::time_point timestamp;
};

struct FakeLog {
    std::int64_t begin = 0;                                  // what retention left
    std::vector<std::shared_ptr<const FakeRecord>> records;  // of offset `begin` and on

    [[nodiscard]] std::int64_t end() const {
        return begin + static_cast<std::int64_t>(records.size());
    }
};

// What the coordinator knows of one member; the member looks at it in poll().
struct FakeMember {
    std::vector<std::string> topics;           // subscribed to; "^..." is a regular expression
    std::set<kafka::TopicPartition> target;    // what it is to have
    std::set<kafka::TopicPartition> owned;     // what it was told to have
    std::set<kafka::TopicPartition> readable;  // whose queues have news
    bool is_expelled = false;
    bool has_news = false;  // poll() is to return
};

struct FakeGroup {
    std::vector<FakeMember*> members;
    std::map<kafka::TopicPartition, kafka::Position> committed;
};

// A record in flight, and who is to know what becomes of it.
struct FakeInFlight {
    const void* producer = nullptr;
    Record record;
    Producer::OnReport on_report;
};

// The state behind a FakeBroker and all of its clients. `mutex` guards everything; methods are
// called with it held.
class FakeCluster {
public:
    void create_topic(const std::string& name, int partitions);
    // Empty when there is no such partition.
    [[nodiscard]] FakeLog* log_of(const kafka::TopicPartition& partition);
    DeliveryReport append(const Record& record);
    DeliveryReport accept(const Record& record);

    // Who should have which partitions, after a member came, went, or topics were made.
    void balance(FakeGroup& group);
    // Partitions of `member`'s target that nobody has any more.
    [[nodiscard]] std::vector<kafka::TopicPartition> to_assign(
        const FakeGroup& group, const FakeMember& member
    ) const;
    void leave(const std::string& group, const FakeMember& member);

    mutable std::mutex mutex;
    std::condition_variable changed;
    std::map<std::string, std::vector<FakeLog>> topics;
    std::map<std::string, FakeGroup> groups;
    std::vector<Record> records;  // everything, in order
    std::function<bool(const Record&)> refused;
    std::function<bool(const Record&)> failing;
    std::function<bool(const Record&)> held;
    std::vector<FakeInFlight> in_flight;
    std::function<void(const std::vector<Record>&)> hook;
    bool is_away = false;
    bool makes_topics = true;
    int producers = 0;
    int calls = 0;

private:
    std::uint64_t last_unkeyed_ = 0;
};

// A member of the group.
std::unique_ptr<kafka::ConsumerClient> make_fake_consumer_client(
    std::shared_ptr<FakeCluster> cluster, const std::string& group
);

}  // namespace carafe::testing
