#include <algorithm>

#include "processing/attempt_store.h"

namespace carafe::processing {

History MemoryAttemptStore::load(const PartitionId& partition, std::int64_t from) {
    const std::lock_guard lock(mutex_);
    const auto found = histories_.find(partition);
    if (found == histories_.end()) {
        return {};
    }
    History history = found->second;
    history.forget_below(from);
    return history;
}

void MemoryAttemptStore::write_attempt(
    const PartitionId& partition, std::int64_t offset, int attempt, const Failure& last
) {
    const std::lock_guard lock(mutex_);
    RecordHistory& record = record_of(histories_[partition], offset);
    record.attempts = std::max(record.attempts, attempt);
    record.failure = last;
}

void MemoryAttemptStore::suspect(const std::vector<Suspicion>& suspicions) {
    const std::lock_guard lock(mutex_);
    for (const Suspicion& suspicion : suspicions) {
        History& history = histories_[suspicion.partition];
        if (suspicion.counts) {
            ++record_of(history, suspicion.range.first).deaths;
        } else {
            history.suspects.push_back(suspicion.range);
        }
    }
}

void MemoryAttemptStore::forget(const PartitionId& partition, std::int64_t position) {
    const std::lock_guard lock(mutex_);
    const auto found = histories_.find(partition);
    if (found == histories_.end()) {
        return;
    }
    found->second.forget_below(position);
    if (found->second.empty()) {
        histories_.erase(found);
    }
}

RecordHistory& MemoryAttemptStore::record_of(History& history, std::int64_t offset) {
    const auto place = std::lower_bound(
        history.records.begin(),
        history.records.end(),
        offset,
        [](const RecordHistory& record, std::int64_t wanted) { return record.offset < wanted; }
    );
    if (place != history.records.end() && place->offset == offset) {
        return *place;
    }
    return *history.records.insert(place, RecordHistory{offset});
}

}  // namespace carafe::processing
