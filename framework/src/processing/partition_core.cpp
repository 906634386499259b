#include "processing/partition_core.h"

#include <algorithm>

namespace carafe::processing {

PartitionCore::Command PartitionCore::next(Time now) {
    if (releasing_) {
        return Finished{};
    }
    if (phase_ == Phase::kHalted) {
        return Idle{};
    }
    if (now < not_before_) {
        return Wait{not_before_};
    }
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
            return next_delivery();
        case Phase::kDiscarding:
            return Discard{};
        case Phase::kHalted:
            break;
    }
    return Idle{};
}

void PartitionCore::proven() {
    phase_ = Phase::kClaiming;
}

void PartitionCore::not_proven(Time now) {
    fail_systemic(now);
}

void PartitionCore::membership_lost() {
    // Only the revocation, which is on its way, ends this.
    phase_ = Phase::kHalted;
}

void PartitionCore::claimed(bool position_differs) {
    systemic_failures_ = 0;
    phase_ = position_differs ? Phase::kRestarting : Phase::kDraining;
}

void PartitionCore::restarted() {
    phase_ = Phase::kDraining;
}

PartitionCore::Command PartitionCore::next_drain(Time now) {
    const bool may_fill = held_ > 0 && held_ < policy_.max_messages && now < *fill_until_;
    if (held_ > 0 && !may_fill) {
        segments_.push_back({0, held_, 0, false, {}});
        phase_ = Phase::kDelivering;
        return next_delivery();
    }
    if (empty_) {
        empty_ = false;  // asked again, it looks again
        if (held_ > 0) {
            return Wait{*fill_until_};
        }
        return Idle{};
    }
    return Drain{policy_.max_messages};
}

void PartitionCore::drained(std::size_t total, Time now) {
    empty_ = total == held_ || total < policy_.max_messages;
    if (held_ == 0 && total > 0) {
        fill_until_ = now + policy_.max_wait;
    }
    held_ = total;
    if (total == 0) {
        fill_until_.reset();
    }
}

PartitionCore::Command PartitionCore::next_delivery() const {
    const Segment& segment = segments_.front();
    if (segment.given_up) {
        return GiveUp{segment.begin, segment.attempts, segment.failure};
    }
    return Deliver{segment.begin, segment.end, segment.attempts + 1};
}

void PartitionCore::succeeded() {
    systemic_failures_ = 0;
    segments_.pop_front();
    if (segments_.empty()) {
        reset_chunk();
    }
}

void PartitionCore::reset_chunk() {
    segments_.clear();
    held_ = 0;
    empty_ = false;
    fill_until_.reset();
    phase_ = Phase::kDraining;
}

void PartitionCore::failed(const Failure& failure, std::optional<std::size_t> culprit, Time now) {
    if (failure.kind == FailureKind::kFenced) {
        phase_ = Phase::kDiscarding;
        return;
    }
    // An outage says nothing about a record, and neither does what goes wrong while claiming, or
    // while a dead letter is made durable: that is tried until it works.
    const bool about_records = phase_ == Phase::kDelivering && !segments_.front().given_up;
    if (!about_records || failure.kind == FailureKind::kSystemic) {
        fail_systemic(now);
        return;
    }
    fail_segment(failure, culprit, now);
}

void PartitionCore::discarded() {
    reset_chunk();
    phase_ = Phase::kProving;
}

void PartitionCore::broken() {
    phase_ = Phase::kHalted;
}

void PartitionCore::fail_systemic(Time now) {
    ++systemic_failures_;
    not_before_ = now + backoff(systemic_failures_);
}

void PartitionCore::fail_segment(
    const Failure& failure, std::optional<std::size_t> culprit, Time now
) {
    Segment segment = segments_.front();
    segments_.pop_front();
    if (failure.kind == FailureKind::kContention) {
        fail_systemic(now);
        segment.size() > 1 ? halve(segment) : segments_.push_front(segment);
        return;
    }
    // A call of a batch counts for its records the first time only; a call of one alone, always.
    if (segment.size() == 1 || segment.attempts == 0) {
        ++segment.attempts;
    }
    segment.failure = failure;
    const bool names_culprit = culprit && *culprit >= segment.begin && *culprit < segment.end;
    if (segment.size() == 1) {
        decide_alone(segment, now);
        segments_.push_front(segment);
    } else if (names_culprit) {
        set_apart(segment, *culprit, now);
    } else {
        halve(segment);
    }
}

void PartitionCore::set_apart(const Segment& segment, std::size_t culprit, Time now) {
    if (culprit + 1 < segment.end) {
        segments_.push_front({culprit + 1, segment.end, segment.attempts, false, {}});
    }
    Segment alone{culprit, culprit + 1, segment.attempts, false, segment.failure};
    const bool first = culprit == segment.begin;
    decide_alone(alone, now);
    if (!first) {
        not_before_ = {};  // the records before the culprit have not failed: they do not wait
    }
    segments_.push_front(alone);
    if (!first) {
        segments_.push_front({segment.begin, culprit, segment.attempts, false, {}});
    }
}

void PartitionCore::halve(const Segment& segment) {
    const std::size_t middle = segment.begin + segment.size() / 2;
    segments_.push_front({middle, segment.end, segment.attempts, false, {}});
    segments_.push_front({segment.begin, middle, segment.attempts, false, {}});
}

void PartitionCore::decide_alone(Segment& segment, Time now) {
    const bool hopeless = segment.failure.kind == FailureKind::kUndecodable;
    segment.given_up =
        policy_.has_dead_letter_topic && (hopeless || segment.attempts >= policy_.attempts);
    if (!segment.given_up) {
        not_before_ = now + backoff(segment.attempts);
    }
}

PartitionCore::Duration PartitionCore::backoff(int failures) const {
    Duration delay = policy_.backoff_min;
    for (int count = 1; count < failures && delay < policy_.backoff_max; ++count) {
        delay *= 2;
    }
    return std::min(delay, policy_.backoff_max);
}

}  // namespace carafe::processing
