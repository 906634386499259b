#pragma once

#include <map>
#include <mutex>
#include <string>

#include "processing/engine_listener.h"

namespace carafe::processing {

// Why a partition backs off or stands still: the last thing that went wrong there. It is kept until
// the partition goes, and means something only while the partition's state says that it is in
// trouble. Bounded by the partitions of this worker.
class LastFailures final : public EngineListener {
public:
    void on_revoked(const PartitionId& id, bool lost) override;
    void on_failed(
        const PartitionId& id, const Offsets& offsets, int attempt, const Failure& failure
    ) override;
    void on_halted(const PartitionId& id, const std::string& reason) override;

    // In a few words; empty when nothing went wrong there.
    [[nodiscard]] std::string of(const PartitionId& id) const;

private:
    void keep(const PartitionId& id, std::string text);

    mutable std::mutex mutex_;
    std::map<PartitionId, std::string> texts_;
};

}  // namespace carafe::processing
