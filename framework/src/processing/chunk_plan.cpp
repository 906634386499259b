#include "processing/chunk_plan.h"

#include <algorithm>
#include <utility>

namespace carafe::processing {

void ChunkPlan::start(
    std::size_t total, std::span<const Mark> marks, std::span<const KeyedRecord> keys
) {
    segments_.clear();
    keys_.assign(keys.begin(), keys.end());
    follows_.assign(keys.size(), false);
    attempts_.assign(keys.size(), 0);
    total_ = total;
    std::size_t begin = 0;
    for (const Mark& mark : marks) {
        push_back_in_calls(begin, mark.index);
        segments_.push_back({mark.index, mark.index + 1, Trial::of(mark, policy_)});
        begin = mark.index + 1;
    }
    push_back_in_calls(begin, total);
}

void ChunkPlan::push_back_in_calls(std::size_t begin, std::size_t end) {
    while (begin < end) {
        const std::size_t next = std::min(end, begin + max_messages_);
        segments_.push_back(part({}, begin, next));
        begin = next;
    }
}

void ChunkPlan::clear() {
    segments_.clear();
    total_ = 0;
}

std::size_t ChunkPlan::done_prefix() const {
    return segments_.empty() ? total_ : segments_.front().begin;
}

ChunkPlan::Step ChunkPlan::next() const {
    const Segment& segment = segments_.front();
    const Trial& trial = segment.trial;
    const std::size_t calls = callable(segment);
    const bool waits = policy_.parks && trial.is_culprit && !trial.given_up;
    if (waits && segment.size() == 1) {
        return Park{segment.begin, segment.end, trial.attempts, trial.failure};
    }
    if (calls == 0) {
        return Park{segment.begin, segment.end, 0, {}};
    }
    switch (trial.next(policy_, calls == 1)) {
        case Trial::Step::kGiveUp:
            return GiveUp{segment.begin, trial.attempts, trial.failure};
        case Trial::Step::kWriteAttempt:
            return WriteAttempt{first_called(segment), trial.next_attempt(), trial.failure};
        case Trial::Step::kCall:
            break;
    }
    return Deliver{segment.begin, segment.end, trial.next_attempt(), trial.is_suspect};
}

bool ChunkPlan::at_delivery() const {
    return !segments_.empty() && std::holds_alternative<Deliver>(next());
}

void ChunkPlan::attempt_written() {
    segments_.front().trial.attempt_written();
}

void ChunkPlan::succeeded(std::span<const Culprit> failed, CoreTime now) {
    const Segment segment = segments_.front();
    segments_.pop_front();
    std::vector<Segment> again;
    for (const Culprit& culprit : failed) {
        Segment alone = part(segment, culprit.index, culprit.index + 1);
        alone.trial.count_call(segment.size());
        alone.trial.failure = culprit.failure;
        alone.trial.decide(policy_, now);
        again.push_back(alone);
    }
    push_front(again);
}

bool ChunkPlan::consumed(std::size_t end) {
    Segment& segment = segments_.front();
    gone_ = std::min(end, segment.end) - segment.begin;
    segment.begin += gone_;
    if (segment.size() > 0) {
        return true;
    }
    gone_ = 0;
    segments_.pop_front();
    return false;
}

bool ChunkPlan::failed(const Failure& failure, std::span<const Culprit> culprits, CoreTime now) {
    Segment& segment = segments_.front();
    if (failure.kind == FailureKind::kContention && contended(segment, failure, now)) {
        return false;
    }
    const std::size_t calls = callable(segment);
    // The rest of a call was not alone in it, even if it is one record: no attempt was written.
    segment.trial.count_call(calls + std::exchange(gone_, 0));
    segment.trial.failure = failure;
    if (segment.size() == 1) {
        if (!culprits.empty()) {
            segment.trial.failure = culprits.front().failure;  // what was said of the record itself
        }
        segment.trial.decide(policy_, now);
        return true;
    }
    const Segment whole = segment;
    segments_.pop_front();
    if (calls == 1) {
        set_apart_the_only_one(whole, failure, now);
    } else if (culprits.empty()) {
        halve(whole);
    } else {
        set_apart(whole, culprits, now);
    }
    return true;
}

// Whether the conflict is nobody's fault yet; then the next try is with half the records.
bool ChunkPlan::contended(Segment& segment, const Failure& failure, CoreTime now) {
    const bool patient = segment.trial.contend(policy_, now);
    if (callable(segment) == 1) {
        return patient || !failure.others_progress;
    }
    const Segment whole = segment;
    segments_.pop_front();
    halve(whole);
    return true;
}

ChunkPlan::Segment ChunkPlan::part(const Segment& whole, std::size_t begin, std::size_t end) {
    Segment segment{begin, end, {}};
    segment.trial.attempts = whole.trial.attempts;
    segment.trial.contentions = whole.trial.contentions;
    segment.trial.contended_since = whole.trial.contended_since;
    segment.trial.failure = whole.trial.failure;
    return segment;
}

void ChunkPlan::halve(const Segment& segment) {
    const std::size_t middle = segment.begin + segment.size() / 2;
    push_front({part(segment, segment.begin, middle), part(segment, middle, segment.end)});
}

// Cuts the named culprits out; only they wait for their next attempt.
void ChunkPlan::set_apart(const Segment& segment, std::span<const Culprit> culprits, CoreTime now) {
    std::vector<Segment> parts;
    std::size_t begin = segment.begin;
    for (const Culprit& culprit : culprits) {
        if (culprit.index > begin) {
            parts.push_back(part(segment, begin, culprit.index));
        }
        Segment alone = part(segment, culprit.index, culprit.index + 1);
        alone.trial.failure = culprit.failure;
        alone.trial.decide(policy_, now);
        parts.push_back(alone);
        begin = culprit.index + 1;
    }
    if (begin < segment.end) {
        parts.push_back(part(segment, begin, segment.end));
    }
    push_front(parts);
}

void ChunkPlan::set_apart_the_only_one(
    const Segment& segment, const Failure& failure, CoreTime now
) {
    const Culprit culprit{first_called(segment), failure};
    set_apart(segment, {&culprit, 1}, now);
}

std::size_t ChunkPlan::first_called(const Segment& segment) const {
    std::size_t index = segment.begin;
    while (index < follows_.size() && follows_[index]) {
        ++index;
    }
    return index;
}

std::size_t ChunkPlan::callable(const Segment& segment) const {
    return segment.size() - followers(segment.begin, segment.end).size();
}

std::vector<std::size_t> ChunkPlan::followers(std::size_t begin, std::size_t end) const {
    std::vector<std::size_t> found;
    for (std::size_t index = begin; index < std::min(end, follows_.size()); ++index) {
        if (follows_[index]) {
            found.push_back(index);
        }
    }
    return found;
}

void ChunkPlan::follow(const ParkingLot& lot) {
    for (const Segment& segment : segments_) {
        for (std::size_t index = segment.begin; index < segment.end; ++index) {
            if (!follows_[index] && lot.holds(keys_[index].key)) {
                follows_[index] = true;
                attempts_[index] = segment.trial.attempts;
            }
        }
    }
}

std::vector<ParkingLot::Parked> ChunkPlan::leaving() const {
    const Segment& segment = segments_.front();
    std::vector<ParkingLot::Parked> parked;
    const Step step = next();
    const auto* park = std::get_if<Park>(&step);
    const bool is_own = (park != nullptr && park->attempts > 0) || segment.trial.is_suspect;
    if (segment.size() == 1 && is_own && park != nullptr) {
        parked.push_back({keys_[segment.begin], segment.trial});
        return parked;
    }
    for (const std::size_t index : followers(segment.begin, segment.end)) {
        Trial trial;
        trial.attempts = attempts_[index];
        parked.push_back({keys_[index], trial});
    }
    return parked;
}

// What is set aside waits there.
CoreTime ChunkPlan::not_before() const {
    const bool parks = !keys_.empty() && std::holds_alternative<Park>(next());
    return parks ? CoreTime{} : segments_.front().trial.not_before;
}

void ChunkPlan::push_front(const std::vector<Segment>& in_order) {
    segments_.insert(segments_.begin(), in_order.begin(), in_order.end());
}

}  // namespace carafe::processing
