#include "processing/metrics_listener.h"

namespace carafe::processing {

const MetricsListener::Series& MetricsListener::series(const PartitionId& id) {
    const std::lock_guard lock(mutex_);
    const auto key = std::make_pair(id.group, id.topic);
    const auto found = series_.find(key);
    if (found != series_.end()) {
        return found->second;
    }
    const Metrics::Labels labels{{"group", id.group}, {"topic", id.topic}};
    const Series made{
        &metrics_.counter("carafe_records_processed_total", "Records done.", labels),
        &metrics_.counter(
            "carafe_batches_processed_total", "Handler calls that succeeded.", labels
        ),
        &metrics_.counter("carafe_batches_failed_total", "Handler calls that failed.", labels),
        &metrics_.counter("carafe_records_dead_lettered_total", "Records given up.", labels),
        &metrics_.counter(
            "carafe_records_parked_total", "Records set aside, with those behind them.", labels
        ),
        &metrics_.counter("carafe_transactions_fenced_total", "Transactions fenced.", labels),
        &metrics_.counter(
            "carafe_partition_moves_total", "Partitions assigned and revoked.", labels
        ),
        &metrics_.histogram(
            "carafe_handler_seconds", "Time in the consumer and its commit.", labels
        )};
    return series_.emplace(key, made).first->second;
}

void MetricsListener::on_assigned(const PartitionId& id, std::int64_t /*offset*/) {
    series(id).rebalances->increment();
}

void MetricsListener::on_revoked(const PartitionId& id, bool /*lost*/) {
    series(id).rebalances->increment();
}

void MetricsListener::on_processed(
    const PartitionId& id, const Offsets& offsets, std::chrono::nanoseconds handler
) {
    const Series& known = series(id);
    known.processed->increment(static_cast<double>(offsets.count));
    known.batches->increment();
    known.handler_seconds->observe(std::chrono::duration<double>(handler).count());
}

void MetricsListener::
    on_failed(const PartitionId& id, const Offsets& /*offsets*/, int /*attempt*/, const Failure&) {
    series(id).failed->increment();
}

void MetricsListener::
    on_dead_lettered(const PartitionId& id, std::int64_t /*offset*/, int /*attempts*/, const Failure&) {
    series(id).dead_lettered->increment();
}

void MetricsListener::
    on_parked(const PartitionId& id, std::int64_t /*first_offset*/, std::size_t count, const Failure*) {
    series(id).parked->increment(static_cast<double>(count));
}

void MetricsListener::on_fenced(const PartitionId& id) {
    series(id).fenced->increment();
}

}  // namespace carafe::processing
