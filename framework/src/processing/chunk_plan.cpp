#include "processing/chunk_plan.h"

#include <algorithm>
#include <string>

namespace carafe::processing {

namespace {

Failure died(int times) {
    Failure failure;
    failure.error_class = "carafe::ProcessDied";
    failure.error_message =
        "the process died " + std::to_string(times) + " times with this record alone in its hands";
    return failure;
}

}  // namespace

CoreDuration RetryPolicy::backoff(int failures) const {
    CoreDuration delay = backoff_min;
    for (int count = 1; count < failures && delay < backoff_max; ++count) {
        delay *= 2;
    }
    return std::min(delay, backoff_max);
}

void ChunkPlan::start(std::size_t total, std::span<const Mark> marks) {
    segments_.clear();
    total_ = total;
    std::size_t begin = 0;
    for (const Mark& mark : marks) {
        push_back_in_calls(begin, mark.index);
        segments_.push_back(marked(mark));
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

ChunkPlan::Segment ChunkPlan::marked(const Mark& mark) const {
    Segment segment = part({}, mark.index, mark.index + 1);
    segment.is_suspect = true;
    segment.attempts = mark.attempts;
    segment.failure = mark.failure;
    if (mark.attempts > 0) {
        // What was written was about to run, and may have: it counts.
        segment.written = std::max(1, mark.attempts);
    }
    const bool kills = mark.deaths >= policy_.deaths;
    if (kills) {
        segment.failure = died(mark.deaths);
        segment.attempts = std::max(segment.attempts, mark.deaths);
    }
    segment.given_up =
        policy_.has_dead_letter_topic && (kills || segment.attempts >= policy_.attempts);
    return segment;
}

std::size_t ChunkPlan::done_prefix() const {
    return segments_.empty() ? total_ : segments_.front().begin;
}

ChunkPlan::Step ChunkPlan::next() const {
    const Segment& segment = segments_.front();
    if (segment.given_up) {
        return GiveUp{segment.begin, segment.attempts, segment.failure};
    }
    const int attempt = segment.attempts + 1;
    if (policy_.writes_attempts && segment.size() == 1 && segment.written < attempt) {
        return WriteAttempt{segment.begin, attempt, segment.failure};
    }
    return Deliver{segment.begin, segment.end, attempt, segment.is_suspect};
}

bool ChunkPlan::at_delivery() const {
    return !segments_.empty() && std::holds_alternative<Deliver>(next());
}

void ChunkPlan::attempt_written() {
    Segment& segment = segments_.front();
    segment.written = segment.attempts + 1;
}

void ChunkPlan::succeeded(std::span<const Culprit> failed, CoreTime now) {
    const Segment segment = segments_.front();
    segments_.pop_front();
    std::vector<Segment> again;
    for (const Culprit& culprit : failed) {
        Segment alone = part(segment, culprit.index, culprit.index + 1);
        count_call(alone, segment.size());
        alone.failure = culprit.failure;
        decide_alone(alone, now);
        again.push_back(alone);
    }
    push_front(again);
}

bool ChunkPlan::failed(const Failure& failure, std::span<const Culprit> culprits, CoreTime now) {
    Segment& segment = segments_.front();
    if (failure.kind == FailureKind::kContention && contended(segment, failure, now)) {
        return false;
    }
    count_call(segment, segment.size());
    segment.failure = failure;
    if (segment.size() == 1) {
        decide_alone(segment, now);
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

void ChunkPlan::count_call(Segment& segment, std::size_t records_of_call) {
    if (records_of_call == 1 || segment.attempts == 0) {
        ++segment.attempts;
    }
}

// Whether the conflict is nobody's fault yet; then the next try is with half the records.
bool ChunkPlan::contended(Segment& segment, const Failure& failure, CoreTime now) {
    if (segment.contentions == 0) {
        segment.contended_since = now;
    }
    ++segment.contentions;
    const bool patient = segment.contentions < policy_.contention_tries ||
                         now - segment.contended_since < policy_.contention_time;
    if (segment.size() == 1) {
        return patient || !failure.others_progress;
    }
    const Segment whole = segment;
    segments_.pop_front();
    halve(whole);
    return true;
}

ChunkPlan::Segment ChunkPlan::part(const Segment& whole, std::size_t begin, std::size_t end) {
    Segment segment;
    segment.begin = begin;
    segment.end = end;
    segment.attempts = whole.attempts;
    segment.contentions = whole.contentions;
    segment.contended_since = whole.contended_since;
    segment.failure = whole.failure;
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
        alone.failure = culprit.failure;
        decide_alone(alone, now);
        parts.push_back(alone);
        begin = culprit.index + 1;
    }
    if (begin < segment.end) {
        parts.push_back(part(segment, begin, segment.end));
    }
    push_front(parts);
}

void ChunkPlan::decide_alone(Segment& segment, CoreTime now) {
    const bool hopeless = segment.failure.kind == FailureKind::kUndecodable;
    segment.given_up =
        policy_.has_dead_letter_topic && (hopeless || segment.attempts >= policy_.attempts);
    segment.not_before = segment.given_up ? CoreTime{} : now + policy_.backoff(segment.attempts);
}

void ChunkPlan::push_front(const std::vector<Segment>& in_order) {
    segments_.insert(segments_.begin(), in_order.begin(), in_order.end());
}

}  // namespace carafe::processing
