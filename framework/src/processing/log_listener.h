#pragma once

#include "instrumentation/repeats.h"
#include "processing/engine_listener.h"

namespace carafe::processing {

// Writes the engine's events to the log; what happens for every batch at debug only.
class LogListener final : public EngineListener {
public:
    void on_assigned(const PartitionId& id, std::int64_t offset) override;
    void on_revoked(const PartitionId& id, bool lost) override;
    void on_rerouted(const PartitionId& id, std::int64_t offset) override;
    void on_claimed(const PartitionId& id, std::int64_t offset) override;
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
    void on_sought(const PartitionId& id, std::int64_t offset) override;
    void on_fenced(const PartitionId& id) override;
    void on_halted(const PartitionId& id, const std::string& reason) override;
    void on_hook_failed(const PartitionId& id, const char* hook, const Failure& failure) override;
    void on_client_error(const std::string& group, const std::string& error, bool fatal) override;

private:
    log::Repeats repeats_;
};

}  // namespace carafe::processing
