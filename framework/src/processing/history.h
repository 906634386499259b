#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "processing/chunk_plan.h"

namespace carafe::processing {

// What is known of one record from before: attempts that were written, and deaths of the process
// while the record was alone in its hands.
struct RecordHistory {
    std::int64_t offset = 0;
    int attempts = 0;
    int deaths = 0;
    Failure failure{};  // of the last attempt
};

// Offsets [first, last]: in flight when a process died, so one of them may have killed it.
struct SuspectRange {
    std::int64_t first = 0;
    std::int64_t last = 0;
};

// What is known of a partition's records that are not done: read on claim, so that neither a
// restart nor a rebalance resets anybody's attempts.
struct History {
    std::vector<RecordHistory> records;  // in offset order
    std::vector<SuspectRange> suspects;

    [[nodiscard]] bool empty() const { return records.empty() && suspects.empty(); }
    // Of which anything is known; nothing when empty.
    [[nodiscard]] std::optional<std::int64_t> last_offset() const;
    // Of the records with these offsets (ascending), those that must run alone.
    [[nodiscard]] std::vector<Mark> marks(std::span<const std::int64_t> offsets) const;
    // Drops what is below `position`, which is done.
    void forget_below(std::int64_t position);
};

// A parked record as its next owner finds it: `attempts` were counted when it was parked.
[[nodiscard]] ParkingLot::Parked take_up(
    const KeyedRecord& record, int attempts, const History& history, const RetryPolicy& policy
);

}  // namespace carafe::processing
