#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <span>
#include <variant>
#include <vector>

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
    int deaths = 3;                // of the process with the record alone, until it is given up
    // A lock conflict is the record's own fault only after so many tries and so long.
    int contention_tries = 20;
    CoreDuration contention_time = std::chrono::seconds(60);

    // After so many failures in a row: doubled from backoff_min, capped at backoff_max.
    [[nodiscard]] CoreDuration backoff(int failures) const;
};

// One record of a batch that failed, by its index in the chunk.
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

// Decides about the records of one chunk, indexes 0..n-1 in offset order: cuts it into segments
// that are delivered in order; halves a failing segment (left half first) until the culprit is
// alone, so that only the culprit pays and the others are done once; counts attempts; gives up. A
// pure state machine without clock or input: ask next(), carry it out, report.
//
// A call of many records counts as an attempt of each the first time only; a call of one, always.
class ChunkPlan {
public:
    struct Deliver {
        std::size_t begin = 0;
        std::size_t end = 0;
        int attempt = 1;
        bool is_suspect = false;  // alone because of what was known of it from before
    };                            // -> succeeded, failed
    struct WriteAttempt {
        std::size_t index = 0;
        int attempt = 0;  // the one that will run next
        Failure failure;  // the last one
    };                    // -> attempt_written
    struct GiveUp {
        std::size_t index = 0;
        int attempts = 0;
        Failure failure;
    };  // -> succeeded
    using Step = std::variant<Deliver, WriteAttempt, GiveUp>;

    // `max_messages`: of one call.
    ChunkPlan(const RetryPolicy& policy, std::size_t max_messages)
        : policy_(policy), max_messages_(max_messages) {}

    // `marks` in order of their indexes.
    void start(std::size_t total, std::span<const Mark> marks);
    void clear();

    [[nodiscard]] bool empty() const { return segments_.empty(); }
    // Records at the front that are done: the position may move past them, and no further.
    [[nodiscard]] std::size_t done_prefix() const;
    // While not empty. Not to be carried out before `not_before`.
    [[nodiscard]] Step next() const;
    [[nodiscard]] CoreTime not_before() const { return segments_.front().not_before; }
    [[nodiscard]] bool at_delivery() const;

    void attempt_written();
    // `failed`: what the handler of a batch marked as failed although it returned.
    void succeeded(std::span<const Culprit> failed, CoreTime now);
    // Nothing of the call took effect. `culprits`: those the failure named, in order.
    // Returns false when the failure says nothing about the records: back off, then again.
    bool failed(const Failure& failure, std::span<const Culprit> culprits, CoreTime now);

private:
    struct Segment {
        std::size_t begin = 0;
        std::size_t end = 0;
        int attempts = 0;  // that counted
        int written = 1;   // the highest attempt that is durable; the first needs no writing
        bool given_up = false;
        bool is_suspect = false;
        int contentions = 0;
        CoreTime contended_since{};
        CoreTime not_before{};
        Failure failure;  // the last one
        [[nodiscard]] std::size_t size() const { return end - begin; }
    };

    void push_back_in_calls(std::size_t begin, std::size_t end);
    [[nodiscard]] static Segment part(const Segment& whole, std::size_t begin, std::size_t end);
    [[nodiscard]] Segment marked(const Mark& mark) const;
    static void count_call(Segment& segment, std::size_t records_of_call);
    bool contended(Segment& segment, const Failure& failure, CoreTime now);
    void set_apart(const Segment& segment, std::span<const Culprit> culprits, CoreTime now);
    void halve(const Segment& segment);
    void decide_alone(Segment& segment, CoreTime now);
    void push_front(const std::vector<Segment>& in_order);

    const RetryPolicy policy_;
    const std::size_t max_messages_;
    std::size_t total_ = 0;
    std::deque<Segment> segments_;
};

}  // namespace carafe::processing
