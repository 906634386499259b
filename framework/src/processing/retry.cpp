#include "processing/retry.h"

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

Trial Trial::of(const Mark& mark, const RetryPolicy& policy) {
    Trial trial;
    trial.is_suspect = true;
    trial.attempts = mark.attempts;
    trial.failure = mark.failure;
    if (mark.attempts > 0) {
        trial.is_culprit = true;
        // What was written was about to run, and may have: it counts.
        trial.written = std::max(1, mark.attempts);
    }
    const bool kills = mark.deaths >= policy.deaths;
    if (kills) {
        trial.failure = died(mark.deaths);
        trial.attempts = std::max(trial.attempts, mark.deaths);
    }
    trial.given_up = policy.has_dead_letter_topic && (kills || trial.attempts >= policy.attempts);
    return trial;
}

Trial::Step Trial::next(const RetryPolicy& policy, bool is_alone) const {
    if (given_up) {
        return Step::kGiveUp;
    }
    if (policy.writes_attempts && is_alone && written < next_attempt()) {
        return Step::kWriteAttempt;
    }
    return Step::kCall;
}

void Trial::count_call(std::size_t records_of_call) {
    if (records_of_call == 1 || attempts == 0) {
        ++attempts;
    }
}

bool Trial::contend(const RetryPolicy& policy, CoreTime now) {
    if (contentions == 0) {
        contended_since = now;
    }
    ++contentions;
    return contentions < policy.contention_tries || now - contended_since < policy.contention_time;
}

void Trial::decide(const RetryPolicy& policy, CoreTime now) {
    is_culprit = true;
    const bool hopeless = failure.kind == FailureKind::kUndecodable;
    given_up = policy.has_dead_letter_topic && (hopeless || attempts >= policy.attempts);
    not_before = given_up ? CoreTime{} : now + policy.backoff(attempts);
}

}  // namespace carafe::processing
