#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "carafe/errors.h"
#include "carafe/route_settings.h"

namespace carafe {

// karafka.yml as plain structs. Every key is described, with its default, unit and check, in one
// table in src/config; the defaults below are those of the table. Read-only once loaded.

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
    std::string reload = "watch";  // watch, hup, off: when an edited karafka.yml is read again
    // A handler's call that lasts longer is worth a word (log, `lag`, the warnings of /readyz):
    // most take milliseconds, some longer on purpose. Past the other it is taken for dead (/livez
    // is red): a handler may take as long as a database call can.
    std::chrono::milliseconds slow_call{5'000};
    std::chrono::milliseconds stuck_call{300'000};
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
