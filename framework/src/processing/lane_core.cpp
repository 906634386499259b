#include "processing/lane_core.h"

#include <algorithm>
#include <utility>

#include "processing/unfinished_map.h"

namespace carafe::processing {

namespace {

// A drain for less than this would cost more than it brings.
constexpr std::size_t kLeastIntake = 64;
// Waking another thread takes some 10 us; for less work than this it is not worth it.
constexpr double kWorthAThread = 100e-6;

}  // namespace

LaneCore::LaneCore(const Policy& policy, std::int64_t start)
    : policy_(policy), calls_(policy.lanes), end_(start) {
    for (std::size_t lane = policy.lanes; lane > 0; --lane) {
        free_calls_.push_back(static_cast<Call>(lane - 1));
    }
}

LaneCore::Command LaneCore::next(Time now) {
    if (is_releasing_) {
        const bool is_quiet = free_calls_.size() == calls_.size() && !is_draining_ && !is_loading_;
        return is_quiet ? Command(Finished{}) : Idle{};
    }
    if (is_halted_) {
        return Idle{};
    }
    if (now < not_before_) {
        return Wait{not_before_};
    }
    if (!is_loaded_) {
        return std::exchange(is_loading_, true) ? Command(Idle{}) : Load{};
    }
    if (paused(now)) {
        return Wait{paused_until_};
    }
    wake_delayed(now);
    if (more_at_ && now >= *more_at_) {
        more_at_.reset();
        is_readable_ = true;
    }
    const bool is_short_of_work = ready_.size() < 2 * policy_.lanes;
    if (may_drain() && (is_short_of_work || free_calls_.empty())) {
        is_draining_ = true;
        is_readable_ = false;
        return Drain{std::min(intake(), std::max<std::size_t>(1, room_))};
    }
    if (!ready_.empty() && !free_calls_.empty()) {
        return start_call();
    }
    return next_wait();
}

LaneCore::Command LaneCore::next_wait() const {
    std::optional<Time> until = more_at_;
    if (!delayed_.empty()) {
        until = std::min(until.value_or(Time::max()), delayed_.begin()->first);
    }
    return until ? Command(Wait{*until}) : Idle{};
}

bool LaneCore::needs_help(Time now) const {
    if (is_releasing_ || is_halted_ || !is_loaded_ || now < not_before_ || paused(now)) {
        return false;
    }
    const bool is_worth_it =
        !record_seconds_ || *record_seconds_ * static_cast<double>(ready_.size()) > kWorthAThread;
    return (!ready_.empty() && !free_calls_.empty() && is_worth_it) ||
           (may_drain() && ready_.empty());
}

std::size_t LaneCore::intake() const {
    constexpr std::size_t kBytesOfRecord = 2;  // in a log without gaps
    const std::size_t left =
        kUnfinishedBytesMax - std::min(kUnfinishedBytesMax, queues_.map_bytes());
    return std::min(policy_.drain_at_once, left / kBytesOfRecord);
}

bool LaneCore::may_drain() const {
    return is_readable_ && !is_draining_ && !on_hold_ && !more_at_ &&
           (room_ > 0 || queues_.empty()) && (intake() >= kLeastIntake || queues_.empty());
}

void LaneCore::loaded() {
    is_loading_ = false;
    is_loaded_ = true;
    systemic_failures_ = 0;
}

void LaneCore::not_loaded(Time now) {
    is_loading_ = false;
    back_off(now);
}

std::span<const LaneCore::Slot> LaneCore::arrived(
    std::span<const KeyQueues::Arrival> arrivals,
    std::span<const Mark> marks,
    std::int64_t end,
    std::optional<Time> more_at
) {
    is_draining_ = false;
    more_at_ = more_at;
    end_ = std::max(end_, end);
    arrived_.clear();
    for (const KeyQueues::Arrival& arrival : arrivals) {
        const Slot slot = queues_.push(arrival);
        arrived_.push_back(slot);
        if (slot >= is_running_.size()) {
            is_running_.resize(slot + 1);
        }
    }
    for (const Mark& mark : marks) {
        trials_.emplace(arrived_[mark.index], Trial::of(mark, policy_.retry));
    }
    for (const Slot slot : arrived_) {
        if (queues_.is_head(slot)) {
            ready_.push_back(slot);
        }
    }
    return arrived_;
}

void LaneCore::wake_delayed(Time now) {
    while (!delayed_.empty() && delayed_.begin()->first <= now) {
        ready_.push_front(delayed_.begin()->second);
        delayed_.erase(delayed_.begin());
    }
}

LaneCore::Command LaneCore::start_call() {
    const Call call = free_calls_.back();
    free_calls_.pop_back();
    take_records(calls_[call].slots);
    for (const Slot slot : calls_[call].slots) {
        is_running_[slot] = true;
    }
    return command_of(call);
}

// A record that must run alone, or as many others as a call may take, each key's in their order.
void LaneCore::take_records(std::vector<Slot>& slots) {
    const std::size_t most = call_size();
    slots.clear();
    while (!ready_.empty() && slots.size() < most) {
        Slot slot = ready_.front();
        const bool runs_alone = trials_.contains(slot);
        if (runs_alone && !slots.empty()) {
            break;
        }
        ready_.pop_front();
        slots.push_back(slot);
        if (runs_alone) {
            return;
        }
        while (slots.size() < most && (slot = queues_.follower(slot)) != KeyQueues::kNone &&
               !trials_.contains(slot)) {
            slots.push_back(slot);
        }
    }
    std::sort(slots.begin(), slots.end(), [this](Slot one, Slot other) {
        return queues_.offset(one) < queues_.offset(other);
    });
}

// Enough for its time, but no more than a fair share while others have nothing to do.
std::size_t LaneCore::call_size() const {
    if (!record_seconds_) {
        return 1;
    }
    const double seconds = std::max(*record_seconds_, 1e-9);
    const double most = std::chrono::duration<double>(policy_.call_time).count() / seconds;
    const double least = kWorthAThread / 2 / seconds;
    const double share =
        static_cast<double>(ready_.size()) / static_cast<double>(free_calls_.size() + 1);
    const double size = std::min(std::max(share, least), most);
    return static_cast<std::size_t>(std::clamp(size, 1.0, static_cast<double>(policy_.max_messages))
    );
}

LaneCore::Command LaneCore::command_of(Call call) {
    CallUnderWay& started = calls_[call];
    started.is_delivery = true;
    started.consumed = 0;
    const auto trial = trials_.find(started.slots.front());
    if (trial == trials_.end()) {
        return Deliver{call};
    }
    const Trial& known = trial->second;
    switch (known.next(policy_.retry, true)) {
        case Trial::Step::kGiveUp:
            started.is_delivery = false;
            return GiveUp{call, known.attempts, known.failure};
        case Trial::Step::kWriteAttempt:
            started.is_delivery = false;
            return WriteAttempt{call, known.next_attempt(), known.failure};
        case Trial::Step::kCall:
            break;
    }
    return Deliver{call, known.next_attempt(), known.is_suspect};
}

void LaneCore::succeeded(Call call, std::span<const Culprit> failed, Duration took, Time now) {
    systemic_failures_ = 0;
    const std::vector<Slot>& slots = calls_[call].slots;
    if (calls_[call].is_delivery) {
        learn(slots.size(), took);
    }
    for (std::size_t index = 0; index < slots.size(); ++index) {
        if (failed.empty() || failed.front().index != index) {
            trials_.erase(slots[index]);
            continue;
        }
        Trial& trial = trials_[slots[index]];
        trial.count_call(slots.size());
        trial.failure = failed.front().failure;
        trial.decide(policy_.retry, now);
        failed = failed.subspan(1);
    }
    settle(call, After::kDone);
}

void LaneCore::failed(
    Call call,
    const Failure& failure,
    std::span<const Culprit> culprits,
    Time now,
    std::size_t consumed
) {
    CallUnderWay& failing = calls_[call];
    failing.consumed = consumed;
    for (const Slot done : std::span(failing.slots).first(consumed)) {
        trials_.erase(done);
    }
    const bool about_records = failing.is_delivery && failure.kind != FailureKind::kSystemic;
    if (!about_records ||
        (failure.kind == FailureKind::kContention && !contend(call, failure, now))) {
        back_off(now);
    } else if (failure.kind != FailureKind::kContention) {
        blame(call, failure, culprits, now);
    }
    settle(call, After::kAgain);
}

// From now on each runs alone. False while the conflict is nobody's fault.
bool LaneCore::contend(Call call, const Failure& failure, Time now) {
    bool is_someones_fault = false;
    const std::vector<Slot>& slots = calls_[call].slots;
    for (const Slot slot : calls_[call].rest()) {
        Trial& trial = trials_[slot];
        trial.failure = failure;
        const bool is_patient = trial.contend(policy_.retry, now);
        if (slots.size() == 1 && !is_patient && failure.others_progress) {
            trial.count_call(1);
            trial.decide(policy_.retry, now);
            is_someones_fault = true;
        }
    }
    return is_someones_fault;
}

// From now on each runs alone, so that only the culprit pays. One that is known waits at once.
void LaneCore::blame(
    Call call, const Failure& failure, std::span<const Culprit> culprits, Time now
) {
    const std::vector<Slot>& slots = calls_[call].slots;
    const bool is_one_left = calls_[call].rest().size() == 1;
    for (std::size_t index = calls_[call].consumed; index < slots.size(); ++index) {
        const auto named =
            std::find_if(culprits.begin(), culprits.end(), [index](const Culprit& culprit) {
                return culprit.index == index;
            });
        const bool is_named = named != culprits.end();
        Trial& trial = trials_[slots[index]];
        trial.count_call(slots.size());
        trial.failure = is_named ? named->failure : failure;
        if (is_named || is_one_left) {
            trial.decide(policy_.retry, now);
        }
    }
}

void LaneCore::attempt_written(Call call) {
    systemic_failures_ = 0;
    trials_[calls_[call].slots.front()].attempt_written();
    settle(call, After::kAgain);
}

// What was to be done, or was consumed before the rest failed, and has no trial is done; everything
// else is tried again in its key's order.
void LaneCore::settle(Call call, After after) {
    released_.clear();
    const std::vector<Slot>& slots = calls_[call].slots;
    const std::size_t done = after == After::kDone ? slots.size() : calls_[call].consumed;
    for (const Slot slot : std::span(slots).first(done)) {
        if (trials_.contains(slot)) {
            continue;
        }
        const bool was_head = queues_.is_head(slot);
        const Slot follower = queues_.follower(slot);
        queues_.remove(slot);
        is_running_[slot] = false;
        released_.push_back(slot);
        if (was_head && follower != KeyQueues::kNone && !is_running_[follower]) {
            line_up(follower, Place::kLast);
        }
    }
    for (auto slot = slots.rbegin(); slot != slots.rend(); ++slot) {
        const bool stays = is_running_[*slot];
        is_running_[*slot] = false;
        if (stays && queues_.is_head(*slot)) {
            line_up(*slot, Place::kFirst);
        }
    }
    free_calls_.push_back(call);
}

void LaneCore::line_up(Slot head, Place place) {
    const auto trial = trials_.find(head);
    if (trial != trials_.end() && trial->second.not_before > Time{}) {
        delayed_.emplace(trial->second.not_before, head);
    } else if (place == Place::kFirst) {
        ready_.push_front(head);
    } else {
        ready_.push_back(head);
    }
}

// Believes quickly that the handler has become slower, and slowly that it is quicker: too small a
// call costs little, too large a one delays keys that have nothing to do with it.
void LaneCore::learn(std::size_t records, Duration took) {
    constexpr double kSlower = 0.5;
    constexpr double kQuicker = 0.125;
    const double each = std::chrono::duration<double>(took).count() / static_cast<double>(records);
    if (!record_seconds_) {
        record_seconds_ = each;
    } else {
        *record_seconds_ +=
            (each - *record_seconds_) * (each > *record_seconds_ ? kSlower : kQuicker);
    }
}

void LaneCore::back_off(Time now) {
    ++systemic_failures_;
    not_before_ = now + policy_.retry.backoff(systemic_failures_);
}

}  // namespace carafe::processing
