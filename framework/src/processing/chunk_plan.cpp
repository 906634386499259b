#include "processing/chunk_plan.h"

#include <algorithm>

namespace carafe::processing {

void ChunkPlan::start(std::size_t total, std::span<const Mark> marks) {
    segments_.clear();
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
    switch (trial.next(policy_, segment.size() == 1)) {
        case Trial::Step::kGiveUp:
            return GiveUp{segment.begin, trial.attempts, trial.failure};
        case Trial::Step::kWriteAttempt:
            return WriteAttempt{segment.begin, trial.next_attempt(), trial.failure};
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

bool ChunkPlan::failed(const Failure& failure, std::span<const Culprit> culprits, CoreTime now) {
    Segment& segment = segments_.front();
    if (failure.kind == FailureKind::kContention && contended(segment, failure, now)) {
        return false;
    }
    segment.trial.count_call(segment.size());
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
    if (culprits.empty()) {
        halve(whole);
    } else {
        set_apart(whole, culprits, now);
    }
    return true;
}

// Whether the conflict is nobody's fault yet; then the next try is with half the records.
bool ChunkPlan::contended(Segment& segment, const Failure& failure, CoreTime now) {
    const bool patient = segment.trial.contend(policy_, now);
    if (segment.size() == 1) {
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

void ChunkPlan::push_front(const std::vector<Segment>& in_order) {
    segments_.insert(segments_.begin(), in_order.begin(), in_order.end());
}

}  // namespace carafe::processing
