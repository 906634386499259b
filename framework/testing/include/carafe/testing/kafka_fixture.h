#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "carafe/producer.h"

namespace carafe::testing {

// A record read back from a topic.
struct StoredRecord {
    std::int32_t partition = 0;
    std::int64_t offset = 0;
    std::optional<std::string> key;
    std::optional<std::string> payload;
    std::vector<std::pair<std::string, std::string>> headers;

    [[nodiscard]] std::optional<std::string> header(const std::string& name) const;
};

// The real broker of KAFKA_BROKERS, for specs: topics with unique names, deleted at the end. The
// constructor throws when the variable is not set ("run bin/test").
class KafkaFixture {
public:
    KafkaFixture();
    ~KafkaFixture();
    KafkaFixture(const KafkaFixture&) = delete;
    KafkaFixture& operator=(const KafkaFixture&) = delete;

    // Creates `<name>-<unique>` and waits until every partition has a leader; returns its name.
    std::string create_topic(const std::string& name, int partitions = 3, int replication = 1);
    // What an operator or Kafka itself may do to a topic: more partitions; other properties; the
    // records below `before` deleted, as retention does; the topic deleted, and gone.
    void grow(const std::string& topic, int partitions);
    void set_config(const std::string& topic, const std::map<std::string, std::string>& config);
    void delete_records(const std::string& topic, std::int32_t partition, std::int64_t before);
    void remove_topic(const std::string& topic);
    // The name that create_topic would give.
    [[nodiscard]] std::string topic_name(const std::string& name) const;
    // A group id of this fixture's own.
    [[nodiscard]] std::string group(const std::string& name) const;
    // bootstrap.servers, to start a client from.
    [[nodiscard]] std::map<std::string, std::string> properties() const;
    [[nodiscard]] const std::string& brokers() const { return brokers_; }

    // Produces and awaits the acknowledgement of all; throws when one fails.
    void produce(const std::vector<Record>& records);
    // Everything in the topic right now, by partition and offset.
    [[nodiscard]] std::vector<StoredRecord> read_all(const std::string& topic) const;
    // The group's committed offset; empty when there is none.
    [[nodiscard]] std::optional<std::int64_t> committed(
        const std::string& group, const std::string& topic, std::int32_t partition
    ) const;

    class Client;

private:
    std::string brokers_;
    std::string suffix_;
    std::vector<std::string> topics_;
    std::unique_ptr<Client> client_;
};

}  // namespace carafe::testing
