#pragma once

#include <map>
#include <mutex>
#include <string>

#include "carafe/metrics.h"
#include "processing/engine_listener.h"

namespace carafe::processing {

// Counts the engine's events in the process's metrics, by topic and group.
class MetricsListener final : public EngineListener {
public:
    // `metrics` must outlive the listener.
    explicit MetricsListener(Metrics& metrics) : metrics_(metrics) {}

    void on_assigned(const PartitionId& id, std::int64_t offset) override;
    void on_revoked(const PartitionId& id, bool lost) override;
    void on_processed(
        const PartitionId& id, const Offsets& offsets, std::chrono::nanoseconds handler
    ) override;
    void on_failed(
        const PartitionId& id, const Offsets& offsets, int attempt, const Failure& failure
    ) override;
    void on_dead_lettered(
        const PartitionId& id, std::int64_t offset, int attempts, const Failure& failure
    ) override;
    void on_parked(
        const PartitionId& id, std::int64_t first_offset, std::size_t count, const Failure* failure
    ) override;
    void on_fenced(const PartitionId& id) override;

private:
    struct Series {
        Metrics::Counter* processed;
        Metrics::Counter* batches;
        Metrics::Counter* failed;
        Metrics::Counter* dead_lettered;
        Metrics::Counter* parked;
        Metrics::Counter* fenced;
        Metrics::Counter* rebalances;
        Metrics::Histogram* handler_seconds;
    };

    const Series& series(const PartitionId& id);

    Metrics& metrics_;
    std::mutex mutex_;
    std::map<std::pair<std::string, std::string>, Series> series_;
};

}  // namespace carafe::processing
