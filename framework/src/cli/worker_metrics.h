#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "carafe/cluster.h"
#include "carafe/metrics.h"
#include "cli/stuck_partitions.h"
#include "postgres/worker_heartbeat.h"
#include "processing/worker.h"

namespace carafe::cli {

// The gauges of a worker, set when somebody looks: what each lane is doing, how far the groups are
// behind, what waits in the outbox. What is not known is NaN, with a gauge of its own that says so.
class WorkerMetrics {
public:
    struct Sources {
        std::function<std::vector<std::pair<std::string, processing::Group::Status>>()> status;
        std::function<std::shared_ptr<const ClusterReport>()> cluster;
        std::function<postgres::WorkerHeartbeat::Database()> database;  // may be empty
        std::function<std::vector<StuckPartitions::Stuck>()> partitions;
    };

    // Metrics must outlive the sources' last use.
    WorkerMetrics(Metrics& metrics, Sources sources);

private:
    using LaneKey = std::tuple<std::string, std::string, std::int32_t>;  // group, topic, partition

    void update();
    void update_lanes();
    void update_lag();
    void update_partitions();
    void update_database();
    void update_outbox(const postgres::WorkerHeartbeat::Outbox* outbox);
    Metrics::Gauge& lane_gauge(
        const std::string& name,
        const std::string& help,
        const LaneKey& lane,
        const std::string& state = ""
    );

    Metrics& metrics_;
    const Sources sources_;
    std::map<LaneKey, bool> lanes_;  // seen ever -> assigned now
    std::set<LaneKey> partitions_;   // seen ever
    std::set<std::string> topics_;   // of the outbox, seen ever
};

}  // namespace carafe::cli
