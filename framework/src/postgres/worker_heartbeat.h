#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "carafe/postgres/pauses.h"
#include "instrumentation/repeats.h"
#include "processing/holds.h"
#include "processing/worker.h"

namespace carafe::postgres {

// A worker's talk with its operators, once a second on a thread of its own: it reads what is
// paused, and writes down what its lanes are doing. While the database is away it goes on with what
// it knew.
class WorkerHeartbeat final : public processing::Holds {
public:
    using Status = std::function<std::vector<std::pair<std::string, processing::Group::Status>>()>;

    // What the database says of the outbox, as of the last heartbeat.
    struct Outbox {
        bool is_known = false;
        std::int64_t records = 0;
        double oldest_seconds = 0;
        std::int64_t parked = 0;
        std::int64_t dead_letters = 0;
    };

    // `pool` must outlive it; `owner` names this worker.
    WorkerHeartbeat(Pool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
    ~WorkerHeartbeat() override { stop(); }
    WorkerHeartbeat(const WorkerHeartbeat&) = delete;
    WorkerHeartbeat& operator=(const WorkerHeartbeat&) = delete;

    // Reads what is paused, once, so that nothing is taken before that is known; then starts the
    // thread. `status` is called by it.
    void start(Status status);
    // Idempotent.
    void stop();

    [[nodiscard]] bool is_held(const processing::PartitionId& partition) const override;
    [[nodiscard]] Outbox outbox() const;

private:
    void run(const std::stop_token& stop);
    void read_pauses();
    void write_status();
    void read_outbox();

    Pool& pool_;
    const std::string owner_;
    Status status_;
    log::Repeats repeats_;
    mutable std::mutex mutex_;
    std::condition_variable_any wake_;
    std::vector<PauseScope> paused_;
    Outbox outbox_;
    std::jthread thread_;
};

}  // namespace carafe::postgres
