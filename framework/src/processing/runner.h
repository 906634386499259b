#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "carafe/consumers.h"
#include "kafka/consumer_client.h"
#include "processing/admission.h"
#include "processing/attempt_store.h"
#include "processing/consumer_call.h"
#include "processing/crash_journal.h"
#include "processing/delivery.h"
#include "processing/engine_listener.h"
#include "processing/partition_core.h"
#include "processing/processing_pool.h"

namespace carafe::processing {

// What a route means to the engine; shared by all assignments of its partitions, read-only.
struct Route {
    std::string topic;  // or ^regex
    PartitionCore::Policy policy;
    // Calls of one partition at the same time, in key order (at_least_once only); zero: one call at
    // a time, in offset order.
    std::size_t lanes = 0;
    std::size_t lane_memory_bytes = 16UL * 1024 * 1024;  // of what waits, for each partition
    std::string dead_letter_topic;
    Consumers::Entry consumer;
    DeliveryFactory delivery;
    Admission::Policy admission;
    bool paused = false;
    std::chrono::milliseconds tick{};  // between two ticks of a consumer; zero: never
    // What consumers are given, see BaseConsumer; not owned, may be null.
    struct Tools {
        Producer* producer = nullptr;
        postgres::Pool* database = nullptr;
    };
    Tools tools{};
};

[[nodiscard]] inline kafka::TopicPartition key_of(const PartitionId& id) {
    return {id.topic, id.partition};
}

// What runners ask of the poll thread, which alone talks to the client. Thread-safe, never blocks.
class PollThread {
public:
    virtual ~PollThread() = default;
    virtual void prove_membership(std::uint64_t assignment) = 0;
    virtual void restart(std::uint64_t assignment, std::int64_t offset) = 0;
    virtual void released(std::uint64_t assignment) = 0;
};

// Carries out, on the processing threads, what a core decides about one assignment of one
// partition. The poll thread only starts, wakes, answers and releases it.
class Runner : public Job {
public:
    struct Environment {
        PollThread& poll_thread;
        ProcessingPool& pool;
        EngineListener& listener;
        const std::vector<Classifier>& classifiers;
        AttemptStore& attempts;
        CrashJournal* journal;                 // may be null
        std::atomic<std::int64_t>& progress;   // when a call last succeeded, steady clock, ns
        std::shared_ptr<const Route> route{};  // kept alive, when the route is not the caller's
    };
    enum class Reason { kRevoked, kShutdown };

    // Poll thread. `queue` delivers from `from` on.
    virtual void start(
        std::unique_ptr<kafka::PartitionQueue> queue, const kafka::Position& from
    ) = 0;
    virtual void wake() = 0;
    virtual void proof(kafka::CommitResult /*result*/) {}
    virtual void restarted(std::unique_ptr<kafka::PartitionQueue> /*queue*/) {}
    virtual void release(Reason reason) = 0;
    // Paused by an operator, or no longer: what is in hand is finished, nothing new is taken. May
    // be called before start().
    virtual void hold(bool held) = 0;
    // The position to store in Kafka when it has moved since the last call; not each time, unless
    // it is the `last` one before a commit.
    virtual std::optional<kafka::Position> take_position(bool last) = 0;

    // Any thread.
    [[nodiscard]] virtual const PartitionId& id() const = 0;
    [[nodiscard]] virtual std::uint64_t assignment() const = 0;
    // It has let go of consumer, records and queue.
    [[nodiscard]] virtual bool finished() const = 0;
    // The calls of the consumer under way.
    [[nodiscard]] virtual std::vector<CallStatus> calls() const = 0;
    [[nodiscard]] virtual bool degraded() const = 0;
    [[nodiscard]] virtual bool halted() const = 0;
    [[nodiscard]] virtual bool held() const = 0;
};

// In key order when the route has lanes, else in offset order.
std::shared_ptr<Runner> make_runner(
    PartitionId id,
    std::uint64_t assignment,
    const Route& route,
    const Runner::Environment& environment
);

}  // namespace carafe::processing
