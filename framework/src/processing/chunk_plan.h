#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <variant>
#include <vector>

#include "processing/parking_lot.h"

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
    // Set [begin, end) aside, without a call: one record that failed, or followers of such ones.
    struct Park {
        std::size_t begin = 0;
        std::size_t end = 0;
        int attempts = 0;
        Failure failure;
    };  // -> succeeded
    using Step = std::variant<Deliver, WriteAttempt, GiveUp, Park>;

    // `max_messages`: of one call.
    ChunkPlan(const RetryPolicy& policy, std::size_t max_messages)
        : policy_(policy), max_messages_(max_messages) {}

    // `marks` in order of their indexes; `keys` of all records when the policy parks.
    void start(
        std::size_t total, std::span<const Mark> marks, std::span<const KeyedRecord> keys = {}
    );
    void clear();

    // From now on, the chunk's records of these keys that are not done are set aside instead of
    // handed out.
    void follow(const ParkingLot& lot);
    // Of [begin, end), those that the step about them sets aside, in order.
    [[nodiscard]] std::vector<std::size_t> followers(std::size_t begin, std::size_t end) const;
    // What the step that next() gives sets aside.
    [[nodiscard]] std::vector<ParkingLot::Parked> leaving() const;

    [[nodiscard]] bool empty() const { return segments_.empty(); }
    // Records at the front that are done: the position may move past them, and no further.
    [[nodiscard]] std::size_t done_prefix() const;
    // While not empty. Not to be carried out before `not_before`.
    [[nodiscard]] Step next() const;
    [[nodiscard]] CoreTime not_before() const;
    [[nodiscard]] bool at_delivery() const;

    void attempt_written();
    // `failed`: what the handler of a batch marked as failed although it returned.
    void succeeded(std::span<const Culprit> failed, CoreTime now);
    // Of the call under way, the records before `end` are done, whatever becomes of it. False when
    // that is all of them: then it cannot fail any more.
    bool consumed(std::size_t end);
    // Nothing else of the call took effect. `culprits`: those the failure named, in order.
    // Returns false when the failure says nothing about the records: back off, then again.
    bool failed(const Failure& failure, std::span<const Culprit> culprits, CoreTime now);

private:
    struct Segment {
        std::size_t begin = 0;
        std::size_t end = 0;
        Trial trial;
        [[nodiscard]] std::size_t size() const { return end - begin; }
    };

    // How many records of the segment are handed out; the others follow parked ones.
    [[nodiscard]] std::size_t callable(const Segment& segment) const;
    [[nodiscard]] std::size_t first_called(const Segment& segment) const;
    void set_apart_the_only_one(const Segment& segment, const Failure& failure, CoreTime now);
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
    std::size_t gone_ = 0;  // of the call under way, consumed
    // When the policy parks, by index.
    std::vector<KeyedRecord> keys_;
    std::vector<bool> follows_;
    std::vector<int> attempts_;  // that counted before a record came to follow
};

}  // namespace carafe::processing
