#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "carafe/producer.h"

namespace carafe::kafka {
class ConsumerClient;
}

namespace carafe::testing {

class FakeCluster;

// A broker in memory: topics, partitions, consumer groups and committed positions, and faults when
// told to. Its producers and consumers pass the same contract specs as the real ones. Thread-safe;
// clients keep what they need of it alive.
class FakeBroker {
public:
    FakeBroker();
    ~FakeBroker();
    FakeBroker(const FakeBroker&) = delete;
    FakeBroker& operator=(const FakeBroker&) = delete;

    // A topic that was not created comes to exist with one partition when something is produced to
    // it, unless unknown ones are to be refused, as a real broker does.
    void create_topic(const std::string& name, int partitions);
    void refuse_unknown_topics();
    // As retention does: what is below `offset` is gone.
    void trim(const std::string& topic, std::int32_t partition, std::int64_t offset);

    // A producer of its own, as carafe::make_producer gives one.
    std::unique_ptr<Producer> connect();
    // A member of a consumer group, as the engine uses one.
    std::unique_ptr<kafka::ConsumerClient> join(const std::string& group);
    // Throws every member out of the group, as if their sessions had timed out; they come back.
    void expel(const std::string& group);
    [[nodiscard]] std::optional<std::int64_t> committed(
        const std::string& group, const std::string& topic, std::int32_t partition
    ) const;

    // Everything acknowledged so far, in order.
    [[nodiscard]] std::vector<Record> records() const;
    [[nodiscard]] std::vector<Record> records_of(const std::string& topic) const;
    // The payloads of one key, in order.
    [[nodiscard]] std::vector<std::string> payloads_of(const std::string& key) const;
    [[nodiscard]] std::size_t size() const;
    // How many producers were made, and how many calls they had.
    [[nodiscard]] int producers() const;
    [[nodiscard]] int calls() const;

    // While away, every record is reported as retriable, at once; consumers get nothing, and
    // commits have no answer.
    void set_away(bool away);
    // Records for which `refused` holds are refused for their own sake; an empty function: none.
    void refuse(std::function<bool(const Record&)> refused);
    // Records for which `failing` holds are reported as retriable, others go through.
    void fail(std::function<bool(const Record&)> failing);
    // Records for which `held` holds stay in flight, if a function is to get their report; an empty
    // function: none, those in flight included. With their producer they are gone.
    void hold(std::function<bool(const Record&)> held);
    // Called at the start of every produce, without locks; may block, or throw as a fatal error.
    void on_produce(std::function<void(const std::vector<Record>&)> hook);

private:
    class Connection;

    const std::shared_ptr<FakeCluster> cluster_;
};

}  // namespace carafe::testing
