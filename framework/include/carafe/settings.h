#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "carafe/errors.h"

namespace carafe {

// karafka.yml as plain structs. Every key is described, with its default, unit and check, in one
// table in src/config; the defaults below are those of the table. Read-only once loaded.

enum class Delivery { kAtLeastOnce, kExactlyOnce };

// A place in karafka.yml; line and column count from 1.
struct Location {
    int line = 0;
    int column = 0;
};

struct BatchSettings {
    std::size_t max_messages = 500;
    std::chrono::milliseconds max_wait{5};  // how long a batch that is not full may wait to fill
};

// Calls of one partition at the same time (at_least_once only).
struct ParallelSettings {
    std::string by;  // "key": each key in its order; empty: one call at a time, in offset order
    int lanes = 16;  // calls of one partition under way at once, each on a processing thread
};

struct RetrySettings {
    int attempts = 3;  // calls of the handler, the first included
    std::chrono::milliseconds backoff_min{100};
    std::chrono::milliseconds backoff_max{10'000};
};

struct TopicRoute {
    std::string topic;
    std::string consumer;  // a name registered in routes/consumers.cpp
    Delivery delivery = Delivery::kAtLeastOnce;
    BatchSettings batch;
    ParallelSettings parallel;
    RetrySettings retry;
    std::optional<std::string> dead_letter_topic;
    Location location;
    Location consumer_location;
    Location delivery_location;     // the consumer's when delivery is not given
    Location dead_letter_location;  // of the topic's name
    Location parallel_location;
};

struct ConsumerGroupSettings {
    std::string id;  // Kafka's group.id
    std::vector<TopicRoute> topics;
    Location location;
};

struct TopicSettings {
    std::string name;
    int partitions = 3;
    int replication = 1;
    std::map<std::string, std::string> config;  // Kafka topic properties by their own names
    Location location;
};

struct WorkerSettings {
    int processing_threads = 8;
    std::int64_t memory_budget_bytes = 256LL * 1024 * 1024;  // prefetch and lanes, over all groups
    std::chrono::milliseconds shutdown_timeout{25'000};
    std::string journal = "tmp/journal";  // folder of the crash journals and of members' slots
    // "static": a member keeps its partitions over a restart shorter than session.timeout.ms.
    std::string membership = "dynamic";
    // Consumer group of the dead letter index; empty: the application's name with -dead-letters.
    std::string dead_letter_group;
};

struct DatabaseSettings {
    std::string url;  // libpq connection string or URI; empty: no database
    int pool_size = 8;
    std::chrono::milliseconds pool_timeout{1'000};
    std::chrono::milliseconds statement_timeout{5'000};
    std::chrono::milliseconds lock_timeout{2'000};
    std::chrono::milliseconds idle_in_transaction_timeout{2'000};
};

struct HttpSettings {
    std::string bind = "127.0.0.1";
    int port = 3003;
    int threads = 2;
    int max_connections = 10'000;
    int max_connections_per_address = 512;
};

struct RealtimeSettings {
    std::string bind = "127.0.0.1";
    int port = 3009;
    std::chrono::milliseconds ping_interval{25'000};
    std::chrono::milliseconds ping_timeout{20'000};
    std::vector<std::string> allowed_origins;  // empty: same origin only
    std::vector<std::string> topics;           // event topics every node reads
};

struct LogSettings {
    std::string level = "info";   // trace debug info warn error
    std::string format = "text";  // text or json
};

struct Settings {
    std::map<std::string, std::string> kafka;  // librdkafka properties by their own names
    std::vector<ConsumerGroupSettings> consumer_groups;
    std::vector<TopicSettings> topics;
    WorkerSettings worker;
    DatabaseSettings database;
    HttpSettings http;
    RealtimeSettings realtime;
    LogSettings log;
};

// One thing wrong with karafka.yml: "karafka.yml:12:7: unknown key 'retrys', did you mean 'retry'?"
struct SettingsProblem {
    Location location;
    std::string message;
};

// All problems of a file at once; what() is one line per problem, ready to print.
class SettingsError : public ConfigurationError {
public:
    SettingsError(const std::string& file, std::vector<SettingsProblem> problems);
    [[nodiscard]] const std::vector<SettingsProblem>& problems() const { return problems_; }

private:
    std::vector<SettingsProblem> problems_;
};

// Looks an environment variable up; empty optional when it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

// Reads and checks a file; `${NAME}` and `${NAME:-default}` come from `environment`.
// Throws SettingsError, or ConfigurationError when the file cannot be read.
Settings load_settings(const std::string& path, const Environment& environment);
// The same for a text; `name` stands in for the file in messages.
Settings parse_settings(
    std::string_view yaml, const std::string& name, const Environment& environment
);

}  // namespace carafe
