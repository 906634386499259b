#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "processing/delivery.h"
#include "processing/failure.h"

namespace carafe::processing {

// The closed list of what the engine tells the world. Log, metrics and specs are listeners; the
// engine itself neither logs nor counts. Called from poll and processing threads: implementations
// are thread-safe, quick, and do not throw.
class EngineListener {
public:
    struct Offsets {
        std::int64_t first = 0;
        std::int64_t last = 0;
        std::size_t count = 0;
    };

    virtual ~EngineListener() = default;

    virtual void on_assigned(const PartitionId&, std::int64_t /*offset*/) {}
    virtual void on_revoked(const PartitionId&, bool /*lost*/) {}
    // The partition goes on from here by a changed route, without having left the group.
    virtual void on_rerouted(const PartitionId&, std::int64_t /*offset*/) {}
    virtual void on_claimed(const PartitionId&, std::int64_t /*offset*/) {}
    // `handler` is the time in the consumer and its commit.
    virtual void
    on_processed(const PartitionId&, const Offsets&, std::chrono::nanoseconds /*handler*/) {}
    virtual void on_failed(const PartitionId&, const Offsets&, int /*attempt*/, const Failure&) {}
    virtual void
    on_dead_lettered(const PartitionId&, std::int64_t /*offset*/, int /*attempts*/, const Failure&) {
    }
    // `count` records from `first_offset` on are set aside: one that failed, or, without a failure,
    // followers of such a one (`order: park`).
    virtual void
    on_parked(const PartitionId&, std::int64_t /*first_offset*/, std::size_t /*count*/, const Failure*) {
    }
    virtual void on_fenced(const PartitionId&) {}
    // By the consumer: its records go on here.
    virtual void on_sought(const PartitionId&, std::int64_t /*offset*/) {}
    // The partition stands still until an operator acts.
    virtual void on_halted(const PartitionId&, const std::string& /*reason*/) {}
    // A hook of the consumer (idle, tick, revoked, shutdown) threw.
    virtual void on_hook_failed(const PartitionId&, const char* /*hook*/, const Failure&) {}
    virtual void
    on_client_error(const std::string& /*group*/, const std::string& /*error*/, bool /*fatal*/) {}
};

// Passes every event on to all of its listeners, in the order they were added; not changed after
// the engine has started.
class EngineListeners final : public EngineListener {
public:
    // Not owned; must outlive the engine.
    void add(EngineListener& listener) { listeners_.push_back(&listener); }

    void on_assigned(const PartitionId& id, std::int64_t offset) override {
        each([&](EngineListener& to) { to.on_assigned(id, offset); });
    }
    void on_revoked(const PartitionId& id, bool lost) override {
        each([&](EngineListener& to) { to.on_revoked(id, lost); });
    }
    void on_rerouted(const PartitionId& id, std::int64_t offset) override {
        each([&](EngineListener& to) { to.on_rerouted(id, offset); });
    }
    void on_claimed(const PartitionId& id, std::int64_t offset) override {
        each([&](EngineListener& to) { to.on_claimed(id, offset); });
    }
    void on_processed(
        const PartitionId& id, const Offsets& offsets, std::chrono::nanoseconds handler
    ) override {
        each([&](EngineListener& to) { to.on_processed(id, offsets, handler); });
    }
    void on_failed(
        const PartitionId& id, const Offsets& offsets, int attempt, const Failure& failure
    ) override {
        each([&](EngineListener& to) { to.on_failed(id, offsets, attempt, failure); });
    }
    void on_dead_lettered(
        const PartitionId& id, std::int64_t offset, int attempts, const Failure& failure
    ) override {
        each([&](EngineListener& to) { to.on_dead_lettered(id, offset, attempts, failure); });
    }
    void on_parked(
        const PartitionId& id, std::int64_t first_offset, std::size_t count, const Failure* failure
    ) override {
        each([&](EngineListener& to) { to.on_parked(id, first_offset, count, failure); });
    }
    void on_fenced(const PartitionId& id) override {
        each([&](EngineListener& to) { to.on_fenced(id); });
    }
    void on_sought(const PartitionId& id, std::int64_t offset) override {
        each([&](EngineListener& to) { to.on_sought(id, offset); });
    }
    void on_halted(const PartitionId& id, const std::string& reason) override {
        each([&](EngineListener& to) { to.on_halted(id, reason); });
    }
    void on_hook_failed(const PartitionId& id, const char* hook, const Failure& failure) override {
        each([&](EngineListener& to) { to.on_hook_failed(id, hook, failure); });
    }
    void on_client_error(const std::string& group, const std::string& error, bool fatal) override {
        each([&](EngineListener& to) { to.on_client_error(group, error, fatal); });
    }

private:
    template <typename Tell>
    void each(const Tell& tell) {
        for (EngineListener* listener : listeners_) {
            tell(*listener);
        }
    }

    std::vector<EngineListener*> listeners_;
};

}  // namespace carafe::processing
