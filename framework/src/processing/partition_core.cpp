#include "processing/partition_core.h"

#include <algorithm>
#include <utility>

namespace carafe::processing {

PartitionCore::Command PartitionCore::next(Time now) {
    is_in_lot_ = false;
    if (releasing_) {
        return Finished{};
    }
    if (phase_ == Phase::kHalted) {
        return Idle{};
    }
    if (now < not_before_) {
        return Wait{not_before_};
    }
    const bool at_work = phase_ == Phase::kDraining || phase_ == Phase::kDelivering;
    if (at_work && paused(now)) {
        return Wait{paused_until_};
    }
    if (lot_.empty() || on_hold_ || !at_work) {
        return next_of_chunk(now);
    }
    const bool due = now >= lot_.due();
    if (due && (is_lots_turn_ || lot_.full())) {
        return next_of_lot();
    }
    if (lot_.full()) {
        return Wait{lot_.due()};
    }
    Command command = next_of_chunk(now);
    const auto* wait = std::get_if<Wait>(&command);
    if (wait == nullptr && !std::holds_alternative<Idle>(command)) {
        return command;
    }
    if (due) {
        return next_of_lot();
    }
    return Wait{wait == nullptr ? lot_.due() : std::min(wait->until, lot_.due())};
}

PartitionCore::Command PartitionCore::next_of_chunk(Time now) {
    switch (phase_) {
        case Phase::kProving:
            if (policy_.proves_membership) {
                return Prove{};
            }
            phase_ = Phase::kClaiming;
            return Claim{};
        case Phase::kClaiming:
            return Claim{};
        case Phase::kRestarting:
            return Restart{};
        case Phase::kDraining:
            return next_drain(now);
        case Phase::kDelivering:
            return next_step(now);
        case Phase::kDiscarding:
            return Discard{};
        case Phase::kHalted:
            break;
    }
    return Idle{};
}

PartitionCore::Command PartitionCore::next_of_lot() {
    is_in_lot_ = true;
    return std::visit([](const auto& step) -> Command { return step; }, lot_.next());
}

void PartitionCore::claimed(bool position_differs, const std::vector<ParkingLot::Parked>& parked) {
    systemic_failures_ = 0;
    lot_.fill(parked);
    phase_ = position_differs ? Phase::kRestarting : Phase::kDraining;
}

// Whole calls only, so that no call is small for want of room.
std::size_t PartitionCore::chunk_max() const {
    const std::size_t calls =
        std::max<std::size_t>(1, policy_.drain_at_least / policy_.max_messages);
    return calls * policy_.max_messages;
}

PartitionCore::Command PartitionCore::next_drain(Time now) {
    const bool may_fill =
        held_ > 0 && held_ < policy_.max_messages && now < *fill_until_ && !on_hold_ && !more_at_;
    if (held_ > 0 && !may_fill) {
        plan_.start(held_, marks_, keys_);
        if (!lot_.empty()) {
            plan_.follow(lot_);
        }
        phase_ = Phase::kDelivering;
        return next_step(now);
    }
    if (on_hold_) {
        return Idle{};
    }
    if (more_at_) {
        if (now < *more_at_) {
            return Wait{*more_at_};
        }
        more_at_.reset();
        empty_ = false;
    }
    if (empty_) {
        empty_ = false;  // asked again, it looks again
        if (held_ > 0) {
            return Wait{*fill_until_};
        }
        return Idle{};
    }
    return Drain{chunk_max()};
}

void PartitionCore::drained(
    std::size_t total,
    std::span<const Mark> marks,
    Time now,
    std::optional<Time> more_at,
    std::span<const KeyedRecord> keys
) {
    more_at_ = more_at;
    empty_ = total == held_ || total < chunk_max();
    if (held_ == 0 && total > 0) {
        fill_until_ = now + policy_.max_wait;
    }
    held_ = total;
    marks_.assign(marks.begin(), marks.end());
    keys_.assign(keys.begin(), keys.end());
    if (total == 0) {
        fill_until_.reset();
    }
}

PartitionCore::Command PartitionCore::next_step(Time now) const {
    if (now < plan_.not_before()) {
        return Wait{plan_.not_before()};
    }
    return std::visit([](const auto& step) -> Command { return step; }, plan_.next());
}

void PartitionCore::succeeded(std::span<const Culprit> failed, Time now) {
    systemic_failures_ = 0;
    if (is_in_lot_) {
        is_lots_turn_ = false;
        lot_.succeeded();
        return;
    }
    is_lots_turn_ = true;
    if (!keys_.empty()) {
        park_what_leaves();
    }
    plan_.succeeded(failed, now);
    if (plan_.empty()) {
        end_chunk();
    }
}

bool PartitionCore::consumed(std::size_t end) {
    const bool is_some_left = plan_.consumed(end);
    is_rest_ = is_some_left;
    if (plan_.empty()) {
        end_chunk();
    }
    return is_some_left;
}

void PartitionCore::park_what_leaves() {
    bool is_new = false;
    for (const ParkingLot::Parked& parked : plan_.leaving()) {
        is_new = is_new || !lot_.holds(parked.record.key);
        lot_.add(parked);
    }
    if (is_new) {
        plan_.follow(lot_);
    }
}

void PartitionCore::attempt_written() {
    systemic_failures_ = 0;
    if (is_in_lot_) {
        lot_.attempt_written();
    } else {
        plan_.attempt_written();
    }
}

// What was held is kept in the plan's done_prefix() until the next chunk starts.
void PartitionCore::end_chunk() {
    held_ = 0;
    marks_.clear();
    keys_.clear();
    empty_ = false;
    fill_until_.reset();
    phase_ = Phase::kDraining;
}

void PartitionCore::failed(const Failure& failure, std::span<const Culprit> culprits, Time now) {
    if (failure.kind == FailureKind::kFenced) {
        phase_ = Phase::kDiscarding;
        return;
    }
    if (is_in_lot_) {
        lot_failed(failure, now);
        return;
    }
    // An outage says nothing about a record, and neither does what goes wrong while claiming, or
    // while an attempt or a dead letter is made durable: that is tried until it works.
    // The rest of a call would not be handed out as it is: one record alone, say, whose attempt was
    // not written.
    const bool was_call = std::exchange(is_rest_, false) || plan_.at_delivery();
    const bool about_records = phase_ == Phase::kDelivering && was_call;
    if (!about_records || failure.kind == FailureKind::kSystemic ||
        !plan_.failed(failure, culprits, now)) {
        back_off(now);
    }
}

// The same rules as for the records in hand.
void PartitionCore::lot_failed(const Failure& failure, Time now) {
    is_lots_turn_ = false;
    const bool about_record = std::holds_alternative<RetryParked>(lot_.next());
    if (!about_record || failure.kind == FailureKind::kSystemic || !lot_.failed(failure, now)) {
        back_off(now);
    }
}

void PartitionCore::discarded() {
    plan_.clear();
    end_chunk();
    more_at_.reset();
    phase_ = Phase::kProving;
}

void PartitionCore::back_off(Time now) {
    ++systemic_failures_;
    not_before_ = now + policy_.retry.backoff(systemic_failures_);
}

}  // namespace carafe::processing
