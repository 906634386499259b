#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "processing/consumer_host.h"
#include "processing/lane_core.h"
#include "processing/lane_memory.h"
#include "processing/owned_records.h"
#include "processing/runner.h"
#include "processing/ticker.h"
#include "processing/unfinished_map.h"

namespace carafe::processing {

// Carries out what LaneCore decides: several processing threads at once, each in the same loop of
// asking for a command and reporting how it went. What waits for its turn is copied out of the
// client's memory. Each lane has a consumer of its own.
class LaneRunner final : public Runner, public std::enable_shared_from_this<LaneRunner> {
public:
    LaneRunner(
        PartitionId id, std::uint64_t assignment, const Route& route, const Environment& environment
    );

    void start(std::unique_ptr<kafka::PartitionQueue> queue, const kafka::Position& from) override;
    void wake() override;
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
    // Copies of the records of one drain; goes when none of them is held any more.
    struct Copies {
        explicit Copies(std::span<const Message> originals)
            : records(originals), held(originals.size()) {}
        OwnedRecords records;
        std::size_t held;
    };
    using CopiesPlace = std::list<Copies>::iterator;
    struct Held {
        const Message* message = nullptr;
        CopiesPlace copies;
    };
    // How far a drain came.
    struct Intake {
        std::int64_t end = 0;  // everything below was looked at
        bool is_more = false;  // there may be more at once
        std::optional<LaneCore::Time> more_at;
    };
    // What its consumer asks for is in lane_runner_steering.cpp.
    struct Lane final : Steering {
        Lane(LaneRunner& owner, const ConsumerCall::Environment& environment)
            : runner(owner), call(environment) {}
        void pause(Time until) override;
        void resume() override;
        void check_seek() const override;
        void mark_as_consumed(const Message& message) override;

        LaneRunner& runner;
        std::mutex calling;                  // held during each call of the consumer
        std::unique_ptr<ConsumerHost> host;  // from its first call on
        ConsumerCall call;
        std::vector<Message> batch;
        bool is_called = false;        // with the batch, right now
        std::size_t consumed = 0;      // of the last batch, marked by the consumer
        std::atomic<unsigned> due{0};  // hooks, by bit
    };

    // Called without the lock; each reports to the core under it.
    void execute(const LaneCore::Load& command);
    void execute(const LaneCore::Drain& command);
    void execute(const LaneCore::Deliver& command);
    void execute(const LaneCore::WriteAttempt& command);
    void execute(const LaneCore::GiveUp& command);

    bool step(std::unique_lock<std::mutex>& lock);
    void schedule_locked();
    void finish();
    // Makes the lane's consumer on its first call.
    Delivery& delivery_of(Lane& lane);
    ConsumerCall::Outcome call_consumer(Lane& lane, const ConsumerCall::What& what);
    // A consumer that is busy hears of it after its call. Called without the lock.
    void tell_lanes(Hook hook);
    static void serve_hooks(Lane& lane);
    void start_ticking();
    // What the call has in its hands, seen with that attempt.
    std::span<const Message> batch_of(LaneCore::Call call, int attempt);
    // Of what is drained, and at most so many, those that may be taken in now.
    std::vector<Message> admitted(std::size_t most, Intake& intake);
    void not_done(std::vector<Message>& records);
    void take_in(std::list<Copies> copies, const Intake& intake);
    std::span<const KeyQueues::Arrival> arrivals(std::span<const Message> records);
    [[nodiscard]] std::vector<Mark> marks(std::span<const Message> records) const;
    void let_go();
    void compact();
    void drop(CopiesPlace copies);
    // What was remembered of records that are done now; called without the lock.
    void forget_history();

    const PartitionId id_;
    const std::uint64_t assignment_;
    const Route& route_;
    const Environment environment_;

    mutable std::mutex mutex_;      // guards all below, but what is a lane's or the drain's own
    std::optional<LaneCore> core_;  // from start() on
    bool is_held_ = false;
    bool is_scheduled_ = false;
    bool is_ending_ = false;
    Reason reason_ = Reason::kRevoked;
    LaneCore::Time timer_{};
    Ticker ticker_;
    bool is_releasing_ = false;
    bool has_worked_ = false;  // since the consumers were last told that they are idle
    std::vector<Held> held_;   // by slot
    std::list<Copies> copies_;
    std::vector<KeyQueues::Arrival> arrivals_;  // of the last drain
    LaneMemory memory_;
    DoneOffsets done_;  // by an owner before
    History history_;
    std::optional<std::int64_t> remembered_;  // something may be kept of records up to here
    bool has_moved_ = false;
    LaneCore::Time next_position_{};

    std::vector<std::unique_ptr<Lane>> lanes_;  // each used by who runs its call
    // Of who drains; one at a time, as the core has it.
    std::unique_ptr<kafka::PartitionQueue> queue_;
    std::unique_ptr<kafka::Chunk> chunk_;
    std::unique_ptr<OwnedRecords> waiting_;  // drained, and not to be taken in yet
    std::size_t waited_ = 0;                 // of these, already taken in
    Admission admission_;

    std::atomic<bool> finished_{false};
};

}  // namespace carafe::processing
