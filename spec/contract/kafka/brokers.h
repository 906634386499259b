#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "carafe/testing/fake_broker.h"
#include "carafe/testing/kafka_fixture.h"
#include "kafka/rdkafka_consumer_client.h"

namespace carafe::spec {

// The two brokers that clients must not be able to tell apart. What they offer a spec is the same.

class RealBroker {
public:
    std::string create_topic(const std::string& name, int partitions) {
        return kafka_.create_topic(name, partitions);
    }
    [[nodiscard]] std::string group(const std::string& name) const { return kafka_.group(name); }
    void produce(const std::vector<Record>& records) { kafka_.produce(records); }
    [[nodiscard]] std::unique_ptr<kafka::ConsumerClient> join(const std::string& group) const {
        return kafka::make_consumer_client(group, kafka_.properties());
    }
    [[nodiscard]] std::unique_ptr<Producer> connect() const {
        return make_producer(kafka_.properties());
    }
    [[nodiscard]] std::optional<std::int64_t> committed(
        const std::string& group, const std::string& topic, std::int32_t partition
    ) const {
        return kafka_.committed(group, topic, partition);
    }

private:
    testing::KafkaFixture kafka_;
};

class FakedBroker {
public:
    FakedBroker() { broker_.refuse_unknown_topics(); }

    std::string create_topic(const std::string& name, int partitions) {
        broker_.create_topic(name, partitions);
        return name;
    }
    [[nodiscard]] static std::string group(const std::string& name) { return name; }
    void produce(const std::vector<Record>& records) {
        broker_.connect()->produce(records, std::chrono::seconds(1));
    }
    [[nodiscard]] std::unique_ptr<kafka::ConsumerClient> join(const std::string& group) {
        return broker_.join(group);
    }
    [[nodiscard]] std::unique_ptr<Producer> connect() { return broker_.connect(); }
    [[nodiscard]] std::optional<std::int64_t> committed(
        const std::string& group, const std::string& topic, std::int32_t partition
    ) const {
        return broker_.committed(group, topic, partition);
    }

private:
    testing::FakeBroker broker_;
};

}  // namespace carafe::spec
