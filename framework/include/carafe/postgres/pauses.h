#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "carafe/postgres/pool.h"

namespace carafe::postgres {

// What is paused: a group, one of its topics, or one partition of that.
struct PauseScope {
    std::string group;
    std::string topic;                      // empty: all
    std::optional<std::int32_t> partition;  // empty: all; needs a topic
};

struct Pause {
    PauseScope scope;
    std::string actor;
    std::string reason;
    std::optional<std::chrono::system_clock::time_point> until;  // empty: until it is resumed
    std::chrono::system_clock::time_point created_at;
};

// One assigned partition of a worker, as it was when the worker was last heard of.
struct WorkerLane {
    std::string worker;
    std::chrono::system_clock::time_point seen_at;
    std::string group;
    std::string topic;
    std::int32_t partition = 0;
    std::string state;  // idle running degraded halted paused
    std::int64_t busy_ms = 0;
};

// Pauses are kept in the database, so they outlive workers; workers follow within two seconds, and
// go on with the last they knew while the database is away. Thread-safe. All throw Unavailable.
class Pauses {
public:
    explicit Pauses(Pool& pool) : pool_(pool) {}

    // Replaces an older one of the same scope. With an audit entry, as resume().
    void pause(const Pause& pause);
    // Ends the pause of exactly this scope; false when there is none.
    bool resume(const PauseScope& scope, const std::string& actor, const std::string& reason);
    // Those in force.
    [[nodiscard]] std::vector<Pause> list() const;

    // Of the workers that were heard of within the last ten seconds.
    [[nodiscard]] std::vector<WorkerLane> lanes() const;

private:
    Pool& pool_;
};

}  // namespace carafe::postgres
