#pragma once

#include <map>
#include <mutex>

#include "processing/delivery.h"
#include "processing/history.h"
#include "processing/suspicion.h"

namespace carafe::processing {

// Keeps attempts and suspects across restarts and rebalances. Thread-safe; calls may block, and
// throw carafe::TransientError when what they need is away. Not fenced: a stale writer can only
// make a record's attempts higher, never lower.
class AttemptStore {
public:
    virtual ~AttemptStore() = default;
    // What is known of the partition's records from offset `from` on.
    virtual History load(const PartitionId& partition, std::int64_t from) = 0;
    // Attempt `attempt` of the record is about to run; `last` is why the one before it failed.
    virtual void write_attempt(
        const PartitionId& partition, std::int64_t offset, int attempt, const Failure& last
    ) = 0;
    virtual void suspect(const std::vector<Suspicion>& suspicions) = 0;
    // Records below `position` are done: nothing of them is needed any more.
    virtual void forget(const PartitionId& partition, std::int64_t position) = 0;
};

// For a worker without a database: attempts live as long as the process.
class MemoryAttemptStore final : public AttemptStore {
public:
    History load(const PartitionId& partition, std::int64_t from) override;
    void write_attempt(
        const PartitionId& partition, std::int64_t offset, int attempt, const Failure& last
    ) override;
    void suspect(const std::vector<Suspicion>& suspicions) override;
    void forget(const PartitionId& partition, std::int64_t position) override;

private:
    static RecordHistory& record_of(History& history, std::int64_t offset);

    std::mutex mutex_;
    std::map<PartitionId, History> histories_;
};

}  // namespace carafe::processing
