#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>

#include "processing/partition_commands.h"

namespace carafe::processing {

// What decides about one assigned partition: claiming, draining, retrying, dead-lettering, giving
// up the partition. A pure state machine: no clock, thread, Kafka or SQL in it, so that it can be
// simulated by seed (spec/simulation). The runner asks next() for a command, carries it out, and
// reports by exactly one event. What happens to the records in hand, the chunk, is ChunkPlan's, and
// to parked ones ParkingLot's.
class PartitionCore : public PartitionCommands {
public:
    using Time = CoreTime;
    using Duration = CoreDuration;

    struct Policy {
        std::size_t max_messages = 500;  // of one call
        // Records taken from the client at once, when calls are smaller: taking them one by one
        // would cost more than handling them.
        std::size_t drain_at_least = 256;
        Duration max_wait{};
        bool proves_membership = false;  // before a claim (exactly_once)
        RetryPolicy retry;
    };

    explicit PartitionCore(const Policy& policy)
        : policy_(policy), plan_(policy.retry, policy.max_messages), lot_(policy.retry) {}

    [[nodiscard]] Command next(Time now);

    void proven() { phase_ = Phase::kClaiming; }
    void not_proven(Time now) { back_off(now); }  // ask again later
    // Only the revocation, which is on its way, ends this.
    void membership_lost() { phase_ = Phase::kHalted; }
    // `position_differs` from where the client fetches now; `parked` was found in the database, in
    // offset order.
    void claimed(bool position_differs, const std::vector<ParkingLot::Parked>& parked = {});
    void restarted() { phase_ = Phase::kDraining; }
    // `total` records in the chunk now, and what is known of some of them; `now` is when the drain
    // ended. `more_at`: what else there is may not be handed out before then. `keys` of all of them
    // when the policy parks.
    void drained(
        std::size_t total,
        std::span<const Mark> marks,
        Time now,
        std::optional<Time> more_at = std::nullopt,
        std::span<const KeyedRecord> keys = {}
    );
    // `failed`: what the handler of a batch marked as failed although it returned.
    void succeeded(std::span<const Culprit> failed, Time now);
    void attempt_written();
    // Of the records in hand, those before `end` are done although the call fails: said right
    // before failed(), which must not follow when the answer is false, as nothing of the call is
    // left.
    bool consumed(std::size_t end);
    // Said right after succeeded(): what the call did moved the position elsewhere. What is in hand
    // is forgotten, and the partition claimed anew.
    void sought() { discarded(); }
    // `culprits`: those the failure named, in order, all of them part of what was delivered.
    void failed(const Failure& failure, std::span<const Culprit> culprits, Time now);
    void discarded();
    // The partition's own position is unusable (out of range, of another topic): stop here, with an
    // alert.
    void broken() { phase_ = Phase::kHalted; }
    // Revoked, or the process stops: after the event of the command under way, Finished.
    void release() { releasing_ = true; }
    // Take nothing new (quiet, or paused by an operator), or go on. What is in hand is finished.
    void hold(bool held) { on_hold_ = held; }
    // By the consumer: nothing is handed out before, neither what is in hand nor what is parked.
    void pause(Time until) { paused_until_ = until; }
    void resume() { paused_until_ = Time{}; }
    [[nodiscard]] bool paused(Time now) const { return now < paused_until_; }

    [[nodiscard]] bool degraded() const { return systemic_failures_ > 0; }
    [[nodiscard]] bool halted() const { return phase_ == Phase::kHalted; }
    // Of the records [begin, end) that are to be delivered, those to be parked in the same step.
    [[nodiscard]] std::vector<std::size_t> followers(std::size_t begin, std::size_t end) const {
        return plan_.followers(begin, end);
    }
    [[nodiscard]] const ParkingLot& lot() const { return lot_; }
    // Records at the front of the chunk that are done.
    [[nodiscard]] std::size_t done_prefix() const { return plan_.done_prefix(); }
    // Every record of the last chunk is done: its memory can go.
    [[nodiscard]] bool chunk_done() const { return plan_.empty() && held_ == 0; }

private:
    enum class Phase {
        kProving,
        kClaiming,
        kRestarting,
        kDraining,
        kDelivering,
        kDiscarding,
        kHalted
    };

    [[nodiscard]] std::size_t chunk_max() const;
    Command next_of_chunk(Time now);
    Command next_of_lot();
    void park_what_leaves();
    void lot_failed(const Failure& failure, Time now);
    Command next_drain(Time now);
    [[nodiscard]] Command next_step(Time now) const;
    void back_off(Time now);
    void end_chunk();

    const Policy policy_;
    ChunkPlan plan_;
    ParkingLot lot_;
    bool is_in_lot_ = false;     // the command under way is about a parked record
    bool is_rest_ = false;       // of the call under way some was consumed
    bool is_lots_turn_ = false;  // parked records and new ones take turns
    Phase phase_ = Phase::kProving;
    bool releasing_ = false;
    bool on_hold_ = false;
    bool empty_ = false;  // the last drain brought nothing new
    std::size_t held_ = 0;
    std::vector<Mark> marks_;        // of the records held
    std::vector<KeyedRecord> keys_;  // of the records held
    std::optional<Time> fill_until_;
    std::optional<Time> more_at_;
    Time not_before_{};
    Time paused_until_{};
    int systemic_failures_ = 0;
};

}  // namespace carafe::processing
