#pragma once

#include <chrono>
#include <cstddef>

#include "processing/failure.h"

namespace carafe::processing {

using CoreTime = std::chrono::steady_clock::time_point;
using CoreDuration = std::chrono::steady_clock::duration;

struct RetryPolicy {
    int attempts = 3;  // calls that count, the first included
    CoreDuration backoff_min = std::chrono::milliseconds(100);
    CoreDuration backoff_max = std::chrono::seconds(10);
    bool has_dead_letter_topic = false;
    bool writes_attempts = false;  // attempt n >= 2 is made durable before it runs
    // A record that failed, and what follows of its key, is set aside (ParkingLot), and the others
    // go on. Beyond so many records set aside, nothing new is taken.
    bool parks = false;
    std::size_t parked_max = 10'000;
    int deaths = 3;  // of the process with the record alone, until it is given up
    // A lock conflict is the record's own fault only after so many tries and so long.
    int contention_tries = 20;
    CoreDuration contention_time = std::chrono::seconds(60);

    // After so many failures in a row: doubled from backoff_min, capped at backoff_max.
    [[nodiscard]] CoreDuration backoff(int failures) const;
};

// One record of a batch that failed, by its index in what was handed out.
struct Culprit {
    std::size_t index = 0;
    Failure failure;
};

// What is known of a record from before: it runs alone. Calls that counted, and deaths of the
// process while it was alone.
struct Mark {
    std::size_t index = 0;
    int attempts = 0;
    int deaths = 0;
    Failure failure;
};

// What has happened to one record, or to several that were always called together, and what must
// happen next. A call of many records counts as an attempt of each the first time only; a call of
// one, always.
struct Trial {
    enum class Step { kCall, kWriteAttempt, kGiveUp };

    int attempts = 0;  // that counted
    int written = 1;   // the highest attempt that is durable; the first needs no writing
    bool given_up = false;
    bool is_suspect = false;
    bool is_culprit = false;  // one record, and it is that one that failed
    int contentions = 0;
    CoreTime contended_since{};
    CoreTime not_before{};
    Failure failure;  // the last one

    [[nodiscard]] static Trial of(const Mark& mark, const RetryPolicy& policy);
    [[nodiscard]] Step next(const RetryPolicy& policy, bool is_alone) const;
    [[nodiscard]] int next_attempt() const { return attempts + 1; }

    void attempt_written() { written = attempts + 1; }
    void count_call(std::size_t records_of_call);
    // A lock conflict once more. True while that is nobody's fault yet.
    bool contend(const RetryPolicy& policy, CoreTime now);
    // After a call that counted: gives up, or waits for the next attempt.
    void decide(const RetryPolicy& policy, CoreTime now);
};

}  // namespace carafe::processing
