#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "processing/retry.h"

namespace carafe::processing {

// Stands for a record's key; keys that happen to share one only wait for each other. A record
// without a key has a tag of its own.
using KeyTag = std::uint64_t;

struct KeyedRecord {
    std::int64_t offset = 0;
    KeyTag key = 0;
};

// Decides about the parked records of one partition (`order: park`): those of a key in their order,
// one after the other, the first of each key when its time has come. A pure state machine, part of
// PartitionCore; the records themselves are in the database.
class ParkingLot {
public:
    struct Parked {
        KeyedRecord record;
        Trial trial;
    };
    struct Retry {
        std::int64_t offset = 0;
        int attempt = 1;
        bool is_suspect = false;
    };  // -> succeeded, failed
    struct WriteAttempt {
        std::int64_t offset = 0;
        int attempt = 0;
        Failure failure;
    };  // -> attempt_written
    struct GiveUp {
        std::int64_t offset = 0;
        int attempts = 0;
        Failure failure;
    };  // -> succeeded
    using Step = std::variant<Retry, WriteAttempt, GiveUp>;

    explicit ParkingLot(const RetryPolicy& policy) : policy_(policy) {}

    // In offset order.
    void fill(const std::vector<Parked>& parked);
    // Behind what is parked of its key; what is parked already (read again after the position was
    // set back) stays where it is.
    void add(const Parked& parked);

    [[nodiscard]] bool empty() const { return records_.empty(); }
    [[nodiscard]] bool full() const { return records_.size() >= policy_.parked_max; }
    [[nodiscard]] bool holds(KeyTag key) const { return queues_.contains(key); }
    // The lowest offset; while not empty.
    [[nodiscard]] std::int64_t front() const { return records_.begin()->first; }
    // When there is something to do; while not empty.
    [[nodiscard]] CoreTime due() const { return heads_.begin()->first; }

    // While not empty, and not before due(). Who asked reports before asking again.
    [[nodiscard]] Step next() const;
    void attempt_written();
    // It is done, and the next one of its key comes first.
    void succeeded();
    // Returns false when the failure says nothing about the record: back off, then again.
    bool failed(const Failure& failure, CoreTime now);

private:
    using Head = std::pair<CoreTime, std::int64_t>;  // when it is due, and its offset

    [[nodiscard]] std::int64_t current() const { return heads_.begin()->second; }

    const RetryPolicy policy_;
    std::map<std::int64_t, Parked> records_;  // by offset
    std::unordered_map<KeyTag, std::deque<std::int64_t>> queues_;
    std::set<Head> heads_;  // the first record of each key
};

}  // namespace carafe::processing
