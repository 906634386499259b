#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "carafe/consumers.h"
#include "kafka/consumer_client.h"
#include "processing/attempt_store.h"
#include "processing/crash_journal.h"
#include "processing/delivery.h"
#include "processing/engine_listener.h"
#include "processing/owned_records.h"
#include "processing/partition_core.h"
#include "processing/processing_pool.h"

namespace carafe::processing {

// What a route means to the engine; shared by all assignments of its partitions, read-only.
struct Route {
    std::string topic;
    PartitionCore::Policy policy;
    std::string dead_letter_topic;
    Consumers::Entry consumer;
    DeliveryFactory delivery;
};

// What runners ask of the poll thread, which alone talks to the client. Thread-safe, never blocks.
class PollThread {
public:
    virtual ~PollThread() = default;
    virtual void prove_membership(std::uint64_t assignment) = 0;
    virtual void restart(std::uint64_t assignment, std::int64_t offset) = 0;
    virtual void released(std::uint64_t assignment) = 0;
};

// Carries out what PartitionCore decides, for one assignment of one partition, on the processing
// threads: drains, calls the consumer through its Delivery, gives up dead letters. One thread runs
// it at a time; the poll thread only wakes, answers and releases it.
class PartitionRunner final : public Job, public std::enable_shared_from_this<PartitionRunner> {
public:
    struct Environment {
        PollThread& poll_thread;
        ProcessingPool& pool;
        EngineListener& listener;
        const std::vector<Classifier>& classifiers;
        AttemptStore& attempts;
        CrashJournal* journal;                // may be null
        std::atomic<std::int64_t>& progress;  // when a call last succeeded, steady clock, ns
    };
    enum class Reason { kRevoked, kShutdown };

    PartitionRunner(
        PartitionId id, std::uint64_t assignment, const Route& route, const Environment& environment
    );

    [[nodiscard]] const PartitionId& id() const { return id_; }
    [[nodiscard]] std::uint64_t assignment() const { return assignment_; }

    // Poll thread. `queue` delivers from `offset` on.
    void start(std::unique_ptr<kafka::PartitionQueue> queue, std::int64_t offset);
    void wake();
    void proof(kafka::CommitResult result);
    void restarted(std::unique_ptr<kafka::PartitionQueue> queue);
    void release(Reason reason);
    // True when it has let go of consumer, records and queue.
    [[nodiscard]] bool finished() const { return finished_; }
    // The position to store in Kafka when it has moved since the last call.
    std::optional<std::int64_t> take_position();

    // Any thread. How long the call of the consumer under way has lasted; zero when there is none.
    [[nodiscard]] std::chrono::milliseconds busy_for() const;
    [[nodiscard]] bool degraded() const;
    [[nodiscard]] bool halted() const;

    // Processing thread, by the pool.
    void run() override;

private:
    enum class State { kParked, kScheduled, kRunning, kFinished };

    // Each carries one command out; called without the lock, reports to the core under it.
    void execute(const PartitionCore::Prove& command);
    void execute(const PartitionCore::Claim& command);
    void execute(const PartitionCore::Restart& command);
    void execute(const PartitionCore::Drain& command);
    void execute(const PartitionCore::Deliver& command);
    void execute(const PartitionCore::WriteAttempt& command);
    void execute(const PartitionCore::GiveUp& command);
    void execute(const PartitionCore::Discard& command);

    // Returns false when the runner has nothing more to do now.
    bool step(std::unique_lock<std::mutex>& lock);
    bool park(std::unique_lock<std::mutex>& lock);
    void schedule_locked();
    void finish();
    // The consumer's call, with what it needs around it; throws what the delivery throws.
    void call(const PartitionCore::Deliver& command, std::span<const Message> batch);
    // In a catch block: tells listener and core. `first_index` is the batch's place in the chunk.
    void report_failure(std::span<const Message> batch, int attempt, std::size_t first_index);
    [[nodiscard]] std::vector<Culprit> culprits(
        const Failure& failure, std::span<const Message> batch, std::size_t first_index
    ) const;
    void report_success(std::span<const Culprit> failed);
    [[nodiscard]] std::vector<Mark> marks() const;
    void forget_history();
    [[nodiscard]] std::span<const Message> records() const;
    void keep_copies();

    const PartitionId id_;
    const std::uint64_t assignment_;
    const Route& route_;
    const Environment environment_;

    mutable std::mutex mutex_;  // guards the next seven
    PartitionCore core_;
    State state_ = State::kParked;
    bool woken_ = false;
    bool awaiting_ = false;  // an answer of the poll thread
    std::optional<std::int64_t> position_to_store_;
    Reason reason_ = Reason::kRevoked;
    PartitionCore::Time timer_{};  // the last one set

    // Owned by whoever runs, or by the poll thread while the runner awaits its answer.
    std::unique_ptr<kafka::PartitionQueue> queue_;
    std::unique_ptr<BaseConsumer> consumer_;
    std::unique_ptr<Delivery> delivery_;
    std::unique_ptr<kafka::Chunk> chunk_;
    std::unique_ptr<OwnedRecords> copies_;  // of the chunk, after its first failure
    std::int64_t position_ = 0;             // the next offset to be done
    std::int64_t start_offset_ = 0;         // where the client fetches from
    History history_;                       // of records from position_ on
    bool has_written_ = false;              // attempts, since the history was last forgotten
    std::vector<MarkedFailure> marked_;     // by the call under way
    std::int64_t call_began_ns_ = 0;        // the last one

    std::atomic<std::int64_t> busy_since_ns_{0};
    std::atomic<bool> finished_{false};
};

}  // namespace carafe::processing
