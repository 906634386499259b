#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "processing/key_queues.h"
#include "processing/lane_commands.h"

namespace carafe::processing {

// What decides about one assigned partition whose keys are worked on at the same time, each key in
// its order (`parallel: {by: key}`): taking records in, starting calls, retrying, giving up, and
// how far the position is. Keys are scheduled as they come; a slow or failing one delays only its
// own followers. A pure state machine like PartitionCore, but several commands may be under way at
// once: each call has a number, and its event names it.
//
// Where the handler is quick, a call takes records of several keys; what fails together is tried
// alone. All is bounded by what a commit's metadata can remember of it (unfinished_map.h).
class LaneCore : public LaneCommands {
public:
    using Time = CoreTime;
    using Duration = CoreDuration;
    using Slot = KeyQueues::Slot;

    struct Policy {
        std::size_t lanes = 16;          // calls under way at once
        std::size_t max_messages = 500;  // of one call
        // As many records as a call is expected to do in this time, or one.
        Duration call_time = std::chrono::milliseconds(1);
        std::size_t drain_at_once = 512;
        RetryPolicy retry;
    };

    // The position is `start` until something is done.
    LaneCore(const Policy& policy, std::int64_t start);

    [[nodiscard]] Command next(Time now);
    // Whether another thread would find something to do that is worth waking it.
    [[nodiscard]] bool needs_help(Time now) const;
    // In offset order.
    [[nodiscard]] std::span<const Slot> records(Call call) const { return calls_[call].slots; }

    void loaded();
    void not_loaded(Time now);
    // The drain took `arrivals` in, in offset order, of which `marks` tells what is known; it
    // looked at everything below `end`. Returns the slot of each, valid until it is among
    // released(). `more_at`: what else there is may not be taken in before then.
    std::span<const Slot> arrived(
        std::span<const KeyQueues::Arrival> arrivals,
        std::span<const Mark> marks,
        std::int64_t end,
        std::optional<Time> more_at = std::nullopt
    );
    // `failed`: what the handler marked, by place in the call. `took` as measured.
    void succeeded(Call call, std::span<const Culprit> failed, Duration took, Time now);
    // `consumed`: so many of the call's first records are done nevertheless.
    void failed(
        Call call,
        const Failure& failure,
        std::span<const Culprit> culprits,
        Time now,
        std::size_t consumed = 0
    );
    void attempt_written(Call call);

    void readable() { is_readable_ = true; }  // there may be records to drain
    // How many records more the memory has room for; one is taken in whenever none waits.
    void has_room(std::size_t records) { room_ = records; }
    void hold(bool held) { on_hold_ = held; }
    // By a consumer: no call begins before, whatever is in hand.
    void pause(Time until) { paused_until_ = until; }
    void resume() { paused_until_ = Time{}; }
    [[nodiscard]] bool paused(Time now) const { return now < paused_until_; }
    void release() { is_releasing_ = true; }
    // The partition's own fetch position is unusable: stop here, with an alert.
    void broken() { is_halted_ = true; }

    [[nodiscard]] bool degraded() const { return systemic_failures_ > 0; }
    [[nodiscard]] bool halted() const { return is_halted_; }
    // Below it everything is done; below end() everything was drained.
    [[nodiscard]] std::int64_t position() const { return queues_.first_offset().value_or(end_); }
    [[nodiscard]] std::int64_t end() const { return end_; }
    [[nodiscard]] const KeyQueues& queues() const { return queues_; }
    [[nodiscard]] bool is_running(Slot slot) const { return is_running_[slot]; }
    // Of the last event.
    [[nodiscard]] std::span<const Slot> released() const { return released_; }

private:
    enum class After { kDone, kAgain };
    enum class Place { kFirst, kLast };
    struct CallUnderWay {
        std::vector<Slot> slots;
        bool is_delivery = false;
        std::size_t consumed = 0;  // of the first, done although the call failed
        [[nodiscard]] std::span<const Slot> rest() const {
            return std::span(slots).subspan(consumed);
        }
    };

    [[nodiscard]] Command next_wait() const;
    [[nodiscard]] std::size_t intake() const;
    [[nodiscard]] bool may_drain() const;
    [[nodiscard]] std::size_t call_size() const;
    void wake_delayed(Time now);
    Command start_call();
    void take_records(std::vector<Slot>& slots);
    Command command_of(Call call);
    bool contend(Call call, const Failure& failure, Time now);
    void blame(Call call, const Failure& failure, std::span<const Culprit> culprits, Time now);
    void settle(Call call, After after);
    // The key of `head` goes on: now, or when its record may be tried again.
    void line_up(Slot head, Place place);
    void learn(std::size_t records, Duration took);
    void back_off(Time now);

    const Policy policy_;
    KeyQueues queues_;
    std::map<Slot, Trial> trials_;  // of records that must run alone
    std::deque<Slot> ready_;        // heads of keys that may run
    std::multimap<Time, Slot> delayed_;
    std::vector<bool> is_running_;  // by slot
    std::vector<CallUnderWay> calls_;
    std::vector<Call> free_calls_;
    std::vector<Slot> arrived_;
    std::vector<Slot> released_;
    std::int64_t end_;
    std::optional<Time> more_at_;
    std::optional<double> record_seconds_;  // of the handler, a moving average
    int systemic_failures_ = 0;
    Time not_before_{};
    Time paused_until_{};
    bool is_loaded_ = false;
    bool is_loading_ = false;
    bool is_draining_ = false;
    bool is_readable_ = true;
    std::size_t room_ = std::numeric_limits<std::size_t>::max();
    bool on_hold_ = false;
    bool is_releasing_ = false;
    bool is_halted_ = false;
};

}  // namespace carafe::processing
