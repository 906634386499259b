#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "processing/group.h"
#include "routing/plan.h"

namespace carafe::cli {

// What a worker was asked to work on: names of groups and topics, empty for all.
struct WorkerSelection {
    std::vector<std::string> groups;
    std::vector<std::string> topics;
};

// A worker's answer to "what do you run": GET /routes on its ops port.
struct WorkerAnswer {
    std::string app;
    std::string owner;
    std::int64_t generation = 0;  // edits taken since the start
    bool is_refusing = false;     // karafka.yml as it is now was refused
    WorkerSelection selection;
    routing::Running running;
};
std::string to_json(const WorkerAnswer& answer);
// Throws std::runtime_error when that is not such an answer.
WorkerAnswer parse_answer(std::string_view json);

// The answer of this worker, kept for whoever asks. Thread-safe.
class RunningRoutes {
public:
    using Status = std::function<std::vector<std::pair<std::string, processing::Group::Status>>()>;

    void set(WorkerAnswer answer);
    // With the partitions that `status` says are assigned.
    [[nodiscard]] std::string json(const Status& status) const;

private:
    mutable std::mutex mutex_;
    WorkerAnswer answer_;
};

}  // namespace carafe::cli
