#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "carafe/cluster.h"
#include "carafe/postgres/pool.h"
#include "kafka/cluster_reader.h"
#include "kafka/log_reader.h"

namespace carafe::postgres {

// Looks at the cluster through clients that stay. Used by one thread.
class ClusterLook {
public:
    // `settings` must outlive it.
    explicit ClusterLook(const Settings& settings);
    ClusterReport look();
    // What the workers have written down as wrong.
    void add_troubles(ClusterReport& report);

private:
    using Offsets = kafka::ClusterReader::Offsets;

    // Calls `ask`; what it throws becomes one of the report's problems. False then.
    template <typename Ask>
    bool attempt(ClusterReport& report, const std::string& what, const Ask& ask);
    // False when Kafka does not answer.
    bool add_topics(ClusterReport& report);
    void add_group(ClusterReport& report, const ConsumerGroupSettings& settings);
    // The database's positions of a group. Empty optional: not known.
    std::optional<Offsets> positions(ClusterReport& report, const std::string& group);
    void add_ages(ClusterReport& report);
    std::optional<double> rate_of(const std::string& topic, std::int64_t end);

    const Settings& settings_;
    kafka::ClusterReader cluster_;
    kafka::LogReader log_;
    std::unique_ptr<Pool> pool_;
    Offsets first_;
    Offsets ends_;
    struct Seen {
        std::chrono::steady_clock::time_point at;
        std::int64_t end = 0;
    };
    std::map<std::string, Seen> seen_;  // the sum of the ends of a topic, at the look before
};

}  // namespace carafe::postgres
