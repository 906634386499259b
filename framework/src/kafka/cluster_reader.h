#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kafka/consumer_client.h"

namespace carafe::kafka {

// A consumer group as its coordinator describes it.
struct GroupDescription {
    struct Member {
        std::string client_id;
        std::string host;
        std::vector<TopicPartition> partitions;
    };
    std::string state;
    std::vector<Member> members;
};

// Asks brokers about partitions and groups. Used by one thread; every call waits for the answer, at
// most `timeout`, and throws TransientError when there is none. What a broker refuses for one
// partition is left out.
class ClusterReader {
public:
    // `properties` are librdkafka's. Throws ConfigurationError.
    ClusterReader(
        const std::map<std::string, std::string>& properties, std::chrono::milliseconds timeout
    );
    ~ClusterReader();
    ClusterReader(const ClusterReader&) = delete;
    ClusterReader& operator=(const ClusterReader&) = delete;

    using Offsets = std::map<TopicPartition, std::int64_t>;

    // All topics but Kafka's internal ones.
    [[nodiscard]] std::map<std::string, int> partition_counts() const;
    [[nodiscard]] Offsets first_offsets(const std::vector<TopicPartition>& partitions) const;
    [[nodiscard]] Offsets end_offsets(const std::vector<TopicPartition>& partitions) const;
    // Of the first record since then; partitions that hold none are left out.
    [[nodiscard]] Offsets offsets_since(
        const std::vector<TopicPartition>& partitions, std::chrono::system_clock::time_point since
    ) const;
    [[nodiscard]] Offsets committed(const std::string& group) const;
    [[nodiscard]] GroupDescription describe(const std::string& group) const;

    class Implementation;

private:
    std::unique_ptr<Implementation> implementation_;
};

// The partition that our producers put a key into (murmur2, as Java clients do).
std::int32_t partition_of_key(const std::string& key, int partitions);

}  // namespace carafe::kafka
