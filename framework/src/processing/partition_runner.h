#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "processing/consumer_call.h"
#include "processing/consumer_host.h"
#include "processing/owned_records.h"
#include "processing/parking.h"
#include "processing/partition_core.h"
#include "processing/runner.h"
#include "processing/ticker.h"

namespace carafe::processing {

// Carries out what PartitionCore decides, for one assignment of one partition, on the processing
// threads: drains, calls the consumer through its Delivery, gives up dead letters. One thread runs
// it at a time; the poll thread only wakes, answers and releases it.
class PartitionRunner final : public Runner,
                              public std::enable_shared_from_this<PartitionRunner>,
                              private Steering {
public:
    PartitionRunner(
        PartitionId id, std::uint64_t assignment, const Route& route, const Environment& environment
    );

    void start(std::unique_ptr<kafka::PartitionQueue> queue, const kafka::Position& from) override;
    void wake() override;
    void proof(kafka::CommitResult result) override;
    void restarted(std::unique_ptr<kafka::PartitionQueue> queue) override;
    void release(Reason reason) override;
    void hold(bool held) override;
    std::optional<kafka::Position> take_position(bool last) override;

    [[nodiscard]] const PartitionId& id() const override { return id_; }
    [[nodiscard]] std::uint64_t assignment() const override { return assignment_; }
    [[nodiscard]] bool finished() const override { return finished_; }
    [[nodiscard]] std::vector<CallStatus> calls() const override;
    [[nodiscard]] bool degraded() const override;
    [[nodiscard]] bool halted() const override;
    [[nodiscard]] bool held() const override;

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
    void execute(const PartitionCore::Park& command);
    void execute(const PartitionCore::RetryParked& command);
    void execute(const PartitionCore::WriteParked& command);
    void execute(const PartitionCore::GiveUpParked& command);
    void execute(const PartitionCore::Discard& command);

    // What the consumer asks for; in partition_runner_steering.cpp.
    void pause(Time until) override;
    void resume() override;
    void check_seek() const override;
    void mark_as_consumed(const Message& message) override;
    ConsumerCall::Outcome call(Delivery& delivery, const ConsumerCall::What& what);
    bool settle_consumed(std::size_t begin, std::vector<Culprit>& culprits);
    bool settle_seek(std::int64_t next_offset);
    void copy_while_paused();

    // order: park.
    ParkingDelivery& parking();
    std::vector<ParkingLot::Parked> take_up_parked(std::int64_t position);
    std::vector<KeyedRecord> keys();
    std::vector<std::size_t> followers(std::size_t begin, std::size_t end);
    void deliver_beside(
        const PartitionCore::Deliver& command, const std::vector<std::size_t>& followers
    );
    void report_lot_success();
    void report_lot_failure(const Failure& failure);
    std::int64_t lowest_kept();

    // False when the runner has nothing more to do now. `began`: its turn on this thread; `at`: the
    // time, set anew after what takes some, as looking at the clock costs more than a short call.
    bool step(
        std::unique_lock<std::mutex>& lock, PartitionCore::Time began, PartitionCore::Time& at
    );
    // Between two commands; without the lock meanwhile.
    void call_hook(Hook hook, std::unique_lock<std::mutex>& lock);
    void start_ticking();
    [[nodiscard]] bool may_be_idle() const;
    bool park(std::unique_lock<std::mutex>& lock);
    void schedule_locked();
    void finish();
    void make_consumer();
    void report_failure(
        const Failure& failure, std::vector<Culprit> culprits, std::size_t first_index
    );
    void report_success(std::span<const Culprit> failed);
    // Tells the core what has become of records in hand, and moves the position after it.
    void advance(const std::function<void()>& event);
    [[nodiscard]] std::vector<Mark> marks() const;
    void forget_history();
    // Drained and not done; of these, what the core knows of is in hand.
    [[nodiscard]] std::span<const Message> drained() const;
    [[nodiscard]] std::span<const Message> records() const;
    // Takes in hand what may be handed out now; says when more may be.
    std::optional<PartitionCore::Time> admit();
    void let_go();
    void keep_copies();

    const PartitionId id_;
    const std::uint64_t assignment_;
    const Route& route_;
    const Environment environment_;

    mutable std::mutex mutex_;  // guards the next twelve
    PartitionCore core_;
    bool is_started_ = false;
    bool is_held_ = false;
    State state_ = State::kParked;
    bool woken_ = false;
    bool awaiting_ = false;  // an answer of the poll thread
    std::optional<std::int64_t> position_to_store_;
    Reason reason_ = Reason::kRevoked;
    PartitionCore::Time timer_{};  // the last one set
    Ticker ticker_;                // runs as long as there is a consumer
    bool is_releasing_ = false;
    bool has_worked_ = false;  // since the consumer was last told that it is idle

    // Owned by whoever runs, or by the poll thread while the runner awaits its answer.
    std::unique_ptr<kafka::PartitionQueue> queue_;
    std::unique_ptr<ConsumerHost> host_;  // from the first claim on
    std::unique_ptr<kafka::Chunk> chunk_;
    std::unique_ptr<OwnedRecords> copies_;  // of the chunk, when some of it must wait
    std::size_t in_hand_ = 0;               // of what is drained
    Admission admission_;
    std::int64_t position_ = 0;      // the next offset to be done
    std::int64_t start_offset_ = 0;  // where the client fetches from
    std::string topic_id_;           // of the topic it fetches from; empty: unknown
    History history_;                // of records from position_ on
    bool has_written_ = false;       // attempts, since the history was last forgotten
    bool parks_ = false;             // the route does, or did when it was ours before
    ConsumerCall call_;
    std::span<const Message> called_with_;  // batch of the call under way
    bool may_seek_ = false;                 // in it
    std::size_t consumed_ = 0;              // of it, marked by the consumer

    std::atomic<bool> finished_{false};
};

}  // namespace carafe::processing
