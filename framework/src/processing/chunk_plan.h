#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <variant>
#include <vector>

#include "processing/retry.h"

namespace carafe::processing {

// Decides about the records of one chunk, indexes 0..n-1 in offset order: cuts it into segments
// that are delivered in order; halves a failing segment (left half first) until the culprit is
// alone, so that only the culprit pays and the others are done once; counts attempts; gives up. A
// pure state machine without clock or input: ask next(), carry it out, report.
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
    [[nodiscard]] CoreTime not_before() const { return segments_.front().trial.not_before; }
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
        Trial trial;
        [[nodiscard]] std::size_t size() const { return end - begin; }
    };

    void push_back_in_calls(std::size_t begin, std::size_t end);
    [[nodiscard]] static Segment part(const Segment& whole, std::size_t begin, std::size_t end);
    bool contended(Segment& segment, const Failure& failure, CoreTime now);
    void set_apart(const Segment& segment, std::span<const Culprit> culprits, CoreTime now);
    void halve(const Segment& segment);
    void push_front(const std::vector<Segment>& in_order);

    const RetryPolicy policy_;
    const std::size_t max_messages_;
    std::size_t total_ = 0;
    std::deque<Segment> segments_;
};

}  // namespace carafe::processing
