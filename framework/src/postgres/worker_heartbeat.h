#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "carafe/postgres/pauses.h"
#include "instrumentation/repeats.h"
#include "postgres/database_troubles.h"
#include "postgres/pace.h"
#include "processing/holds.h"
#include "processing/worker.h"

namespace carafe::postgres {

// A worker's talk with its operators, once a second on a thread of its own: it reads what is
// paused and what waits in the database, and writes down what its lanes are doing and what is
// wrong. While the database is away it goes on with what it knew.
class WorkerHeartbeat final : public processing::Holds {
public:
    using Status = std::function<std::vector<std::pair<std::string, processing::Group::Status>>()>;
    using Problems = std::function<std::vector<std::string>()>;

    // What waits in the outbox; a few seconds old when that is much, as it is counted.
    struct Outbox {
        std::vector<OutboxTopic> topics;
        std::int64_t dead_letters = 0;
    };
    // The database as of the last heartbeat.
    struct Database {
        bool answers = false;
        std::string error;             // why not
        std::optional<Outbox> outbox;  // empty: not known
        std::vector<LockHolder> lock_holders;
    };

    // `pool` must outlive it and should be its own: handlers that wait for locks may have all
    // connections of theirs. `owner` names this worker, `application` its handlers' sessions.
    WorkerHeartbeat(Pool& pool, std::string owner, std::string application);
    ~WorkerHeartbeat() override { stop(); }
    WorkerHeartbeat(const WorkerHeartbeat&) = delete;
    WorkerHeartbeat& operator=(const WorkerHeartbeat&) = delete;

    // Reads what is paused, once, so that nothing is taken before that is known; then starts the
    // thread, which calls `status` and `problems`.
    void start(Status status, Problems problems);
    // Idempotent.
    void stop();

    [[nodiscard]] bool is_held(const processing::PartitionId& partition) const override;
    [[nodiscard]] Database database() const;

private:
    void run(const std::stop_token& stop);
    void beat();
    void read_pauses();
    void read_locks();
    void read_outbox();
    void write_status();

    Pool& pool_;
    const std::string owner_;
    LockWatch locks_;
    Pace counting_;
    Status status_;
    Problems problems_;
    log::Repeats repeats_;
    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    std::vector<PauseScope> paused_;
    Database database_{true, "", std::nullopt, {}};  // start() has just asked it
    std::jthread thread_;
};

}  // namespace carafe::postgres
