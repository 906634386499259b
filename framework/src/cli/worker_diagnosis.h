#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "carafe/cluster.h"
#include "cli/stuck_partitions.h"
#include "instrumentation/repeats.h"
#include "postgres/worker_heartbeat.h"
#include "processing/worker.h"

namespace carafe::cli {

// Something that is wrong with a worker, or with what it works on.
struct Problem {
    std::string what;         // the same for as long as it lasts
    std::string text;         // for people, with the figures of this moment
    bool is_red = true;       // the worker is not ready because of it
    bool is_reported = true;  // worth a line of the log
};

// Names what is wrong, from what the parts of a worker know of themselves: for its health endpoints
// and its log and, by way of the heartbeat, for `lag`. It asks no server. Thread-safe but for
// watch().
class WorkerDiagnosis {
public:
    struct Sources {
        std::function<std::vector<std::pair<std::string, processing::Group::Status>>()> status;
        std::function<std::shared_ptr<const ClusterReport>()> cluster;
        std::function<postgres::WorkerHeartbeat::Database()> database;  // may be empty
        // Why a partition backs off or stands still.
        std::function<std::string(const processing::PartitionId&)> failure;
    };
    struct Limits {
        std::chrono::milliseconds slow_call;
        std::chrono::milliseconds stuck_call;
    };

    WorkerDiagnosis(Sources sources, const Limits& limits)
        : sources_(std::move(sources)), limits_(limits) {}

    // What turns /livez red.
    [[nodiscard]] std::optional<std::string> stuck() const;
    [[nodiscard]] std::vector<Problem> problems() const;
    // The texts of those that are red, or of those that are not; nothing without any.
    [[nodiscard]] std::optional<std::string> summary(bool red) const;
    [[nodiscard]] std::vector<StuckPartitions::Stuck> partitions() const;

    // To be called a few times a second by one thread: follows the positions of the partitions, and
    // logs what is new and what is over.
    void watch(const StuckPartitions::Delay& delay);

private:
    using Clock = std::chrono::steady_clock;

    void add_groups(std::vector<Problem>& problems) const;
    void add_calls(std::vector<Problem>& problems, const processing::Group::Status& status) const;
    void add_kafka(std::vector<Problem>& problems) const;
    void add_database(std::vector<Problem>& problems) const;
    void add_partitions(std::vector<Problem>& problems) const;
    void report();

    const Sources sources_;
    const Limits limits_;
    mutable std::mutex mutex_;  // guards partitions_
    StuckPartitions partitions_;
    Clock::time_point next_report_{};
    std::set<std::string> reported_;
    log::Repeats repeats_{std::chrono::minutes(1)};
};

}  // namespace carafe::cli
