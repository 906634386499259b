#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <variant>

#include "processing/failure.h"

namespace carafe::processing {

// What decides about one assigned partition: claiming, draining, retrying, setting a culprit apart,
// dead-lettering, giving up the partition. A pure state machine: no clock, thread, Kafka or SQL in
// it. The runner asks next() for a command, carries it out, and reports by exactly one event.
//
// The records in hand are a chunk, addressed by index 0..n-1 in offset order. The chunk is cut into
// segments that are delivered in order; a failing segment is halved (left half first) until the
// culprit is alone, so that only the culprit pays and the others commit once.
class PartitionCore {
public:
    using Time = std::chrono::steady_clock::time_point;
    using Duration = std::chrono::steady_clock::duration;

    struct Policy {
        std::size_t max_messages = 500;
        Duration max_wait{};
        int attempts = 3;
        Duration backoff_min = std::chrono::milliseconds(100);
        Duration backoff_max = std::chrono::seconds(10);
        bool proves_membership = false;  // before a claim (exactly_once)
        bool has_dead_letter_topic = false;
    };

    // Commands.
    struct Prove {};    // commit synchronously: are we still a member?  -> proven, not_proven
    struct Claim {};    // -> claimed, failed
    struct Restart {};  // fetch from the claimed offset  -> restarted, failed
    struct Drain {
        std::size_t max;  // records the chunk may hold in all
    };                    // -> drained
    struct Deliver {
        std::size_t begin;
        std::size_t end;
        int attempt;
    };  // -> succeeded, failed
    struct GiveUp {
        std::size_t index;
        int attempts;
        Failure failure;
    };                  // a dead letter  -> succeeded, failed
    struct Discard {};  // forget the chunk, without marking anything  -> discarded
    struct Wait {
        Time until;
    };                   // nothing to do before; no event
    struct Idle {};      // nothing to do until records arrive; no event
    struct Finished {};  // released: nothing follows
    using Command =
        std::variant<Prove, Claim, Restart, Drain, Deliver, GiveUp, Discard, Wait, Idle, Finished>;

    explicit PartitionCore(const Policy& policy) : policy_(policy) {}

    [[nodiscard]] Command next(Time now);

    void proven();
    void not_proven(Time now);            // ask again later
    void membership_lost();               // wait for the revocation
    void claimed(bool position_differs);  // from where the client fetches now
    void restarted();
    // `total` records in the chunk now; `now` is when the drain ended.
    void drained(std::size_t total, Time now);
    void succeeded();
    void failed(const Failure& failure, std::optional<std::size_t> culprit, Time now);
    void discarded();
    // The partition's own fetch position is unusable (out of range, say): stop here, with an alert.
    void broken();
    // Revoked, or the process stops: after the event of the command under way, Finished.
    void release() { releasing_ = true; }

    [[nodiscard]] bool degraded() const { return systemic_failures_ > 0; }
    [[nodiscard]] bool halted() const { return phase_ == Phase::kHalted; }
    // Every record of the last chunk is done: its memory can go.
    [[nodiscard]] bool chunk_done() const { return segments_.empty() && held_ == 0; }

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

    struct Segment {
        std::size_t begin = 0;
        std::size_t end = 0;
        int attempts = 0;  // calls that count for its records
        bool given_up = false;
        Failure failure;  // the last one
        [[nodiscard]] std::size_t size() const { return end - begin; }
    };

    Command next_drain(Time now);
    [[nodiscard]] Command next_delivery() const;
    void fail_systemic(Time now);
    void fail_segment(const Failure& failure, std::optional<std::size_t> culprit, Time now);
    void set_apart(const Segment& segment, std::size_t culprit, Time now);
    void halve(const Segment& segment);
    void decide_alone(Segment& segment, Time now);
    [[nodiscard]] Duration backoff(int failures) const;
    void reset_chunk();

    const Policy policy_;
    Phase phase_ = Phase::kProving;
    bool releasing_ = false;
    bool empty_ = false;  // the last drain brought nothing new
    std::size_t held_ = 0;
    std::optional<Time> fill_until_;
    std::deque<Segment> segments_;
    Time not_before_{};
    int systemic_failures_ = 0;
};

}  // namespace carafe::processing
