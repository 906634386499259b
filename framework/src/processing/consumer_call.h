#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "carafe/batch.h"
#include "processing/crash_journal.h"
#include "processing/delivery.h"
#include "processing/engine_listener.h"
#include "processing/retry.h"

namespace carafe::processing {

// A call of a consumer that is under way, for whoever wants to know what takes so long.
struct CallStatus {
    PartitionId partition;
    std::int64_t first_offset = 0;
    std::int64_t last_offset = 0;
    std::size_t records = 0;
    std::string key;  // of the first record; at most 128 bytes of it
    int attempt = 0;
    std::chrono::milliseconds age{};
    std::string hook{};  // tick, idle ...; empty: consume. A hook has no records.
};

enum class Hook { kInitialized, kIdle, kTick, kRevoked, kShutdown };

// What a handler said of a record by Batch::fail or Batch::undecodable.
[[nodiscard]] Failure failure_of(const MarkedFailure& mark);

// The one place where a consumer is called, and what goes with it: the crash journal, the clock,
// the listener, and whose fault a failure is. One for each call that can be under way at a time;
// used by one processing thread at a time.
class ConsumerCall {
public:
    struct Environment {
        const PartitionId& partition;
        EngineListener& listener;
        const std::vector<Classifier>& classifiers;
        CrashJournal* journal;                // may be null
        std::atomic<std::int64_t>& progress;  // of the worker: when a call last succeeded, ns
    };
    struct What {
        std::span<const Message> batch;
        int attempt = 1;
        bool is_suspect = false;  // alone because of what is known of it
    };
    struct Outcome {
        std::optional<Failure> failure;  // then nothing of the call took effect
        std::vector<Culprit> culprits;   // named by the failure, or marked by the handler
        std::chrono::nanoseconds took{};
    };

    explicit ConsumerCall(const Environment& environment) : environment_(environment) {}
    ConsumerCall(const ConsumerCall&) = delete;
    ConsumerCall& operator=(const ConsumerCall&) = delete;
    ~ConsumerCall() = default;

    // Never throws.
    Outcome run(Delivery& delivery, const What& what);
    // The first call of a new consumer; passes on what it throws.
    void initialize(BaseConsumer& consumer);
    // Never throws: the listener is told.
    void hook(BaseConsumer& consumer, Hook hook);
    // In a catch block: what went wrong beside a call (claiming, giving up), told to the listener.
    [[nodiscard]] Failure caught(std::span<const Message> batch, int attempt) const;

    // For mark_as_consumed: how many of the batch of the call under way are consumed when `message`
    // is, and all before it; ends before the first that the handler has marked as failed.
    // Throws std::logic_error when the message is not in the batch.
    [[nodiscard]] std::size_t consumed_through(
        std::span<const Message> batch, const Message& message
    ) const;

    // Any thread.
    [[nodiscard]] std::optional<CallStatus> status() const;

private:
    // What status() looks at; lives on the caller's stack for the length of the call.
    struct UnderWay;
    class Scope;

    Outcome call(Delivery& delivery, const What& what);
    void add_spans(
        std::span<const Message> batch,
        std::chrono::system_clock::time_point start,
        const Outcome& outcome
    ) const;
    // The lowest offset that the handler has marked as failed.
    [[nodiscard]] std::optional<std::int64_t> first_marked() const;
    [[nodiscard]] std::vector<Culprit> culprits(
        const std::optional<Failure>& failure, std::span<const Message> batch
    ) const;

    const Environment environment_;
    std::vector<MarkedFailure> marked_;  // by the handler
    std::int64_t began_ns_ = 0;          // the last call
    std::atomic<const UnderWay*> under_way_{nullptr};
    mutable std::atomic<int> lookers_{0};
};

}  // namespace carafe::processing
