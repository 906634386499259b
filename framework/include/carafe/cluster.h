#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "carafe/settings.h"

namespace carafe {

// The cluster as an operator wants to see it: topics, consumer groups, how far behind they are. An
// empty optional means "not known", which is never the same as 0.

struct TopicReport {
    struct Partition {
        std::int32_t partition = 0;
        std::optional<std::int64_t> first;  // the oldest offset there is
        std::optional<std::int64_t> end;    // the offset of the next record
    };
    std::string name;
    std::vector<Partition> partitions;
    std::optional<std::int64_t> messages;
    std::optional<double> rate;  // records per second, since the report before
};

struct GroupReport {
    struct Member {
        std::string client_id;
        std::string host;
        std::vector<std::string> partitions;  // topic/partition
    };
    struct Partition {
        std::string topic;
        std::int32_t partition = 0;
        // The next offset to be handled: the database's where a route is exactly_once, else
        // Kafka's.
        std::optional<std::int64_t> position;
        std::optional<std::int64_t> end;
        std::optional<std::int64_t> lag;
        std::optional<double> lag_seconds;  // the age of the oldest record not handled; 0: none
        std::string member;                 // client id; empty: nobody has it
    };
    std::string id;
    std::optional<std::string> state;  // Kafka's: Stable, Empty, PreparingRebalance, ...
    std::vector<Member> members;
    std::vector<Partition> partitions;
    // Of all partitions; not known when one is not.
    std::optional<std::int64_t> lag;
    std::optional<double> lag_seconds;  // the greatest
};

struct ClusterReport {
    std::chrono::system_clock::time_point at;
    std::vector<TopicReport> topics;
    std::vector<GroupReport> groups;
    std::vector<std::string> problems;  // what could not be asked, and why
    std::string kafka_problem;          // the first of them that is Kafka's; empty: it answers
    // What workers, and the outbox, say is wrong; only from look_at_cluster().
    std::vector<std::string> troubles;
};

// Asks the cluster, and the database for the positions of exactly_once routes. What does not answer
// within a few seconds is not known, and named among the problems; nothing is thrown for it. Throws
// ConfigurationError for properties that librdkafka refuses.
ClusterReport look_at_cluster(const Settings& settings);

// Looks again and again, on a thread of its own.
class ClusterWatch {
public:
    // `settings` must outlive the watch.
    ClusterWatch(const Settings& settings, std::chrono::milliseconds period);
    ~ClusterWatch();
    ClusterWatch(const ClusterWatch&) = delete;
    ClusterWatch& operator=(const ClusterWatch&) = delete;

    void start();
    // Idempotent.
    void stop();
    // The last report; null before the first. Thread-safe.
    [[nodiscard]] std::shared_ptr<const ClusterReport> latest() const;

    class Implementation;

private:
    std::unique_ptr<Implementation> implementation_;
};

// A record as it lies in a topic.
struct TopicRecord {
    std::int32_t partition = 0;
    std::int64_t offset = 0;
    std::chrono::system_clock::time_point timestamp;
    std::optional<std::string> key;
    std::optional<std::string> payload;
    std::vector<std::pair<std::string, std::string>> headers;
};

struct RecordsQuery {
    std::string topic;
    std::int32_t partition = 0;
    std::optional<std::int64_t> offset;  // from here on; empty: the newest
    std::int64_t limit = 20;
};

// Empty optional when there is no such topic or partition. Throws TransientError when Kafka is
// away.
std::optional<std::vector<TopicRecord>> read_records(
    const std::map<std::string, std::string>& properties, const RecordsQuery& query
);

}  // namespace carafe
