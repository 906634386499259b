#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace carafe {

// A record to be produced. Owns its bytes.
struct Record {
    std::string topic;
    std::optional<std::string> key;
    std::optional<std::string> payload;  // empty optional: a tombstone
    std::vector<std::pair<std::string, std::string>> headers;
};

// What became of a record: `error` is empty when the broker acknowledged it (acks=all).
struct DeliveryReport {
    std::string error;
    bool retriable = false;  // true: the broker was away; false: this record was refused
    std::int32_t partition = -1;
    std::int64_t offset = -1;
};

// Produces to Kafka: idempotent, acks=all, in order per partition and however the records are
// handed over. What waits for the broker is bounded (queue.buffering.max.messages and .kbytes);
// beyond that the caller waits for room. A fatal error ends the connection, which is replaced: its
// records are reported as retriable, later ones go through the new one. Thread-safe. The fake in
// carafe/testing passes the same contract spec as the real one.
//
//     producer->produce_one({"orders", "o-1", "{}", {}}, 5s);           // and wait
//     auto report = producer->produce_async({"orders", "o-1", "{}", {}}, 1s);
//     ... report.get().error ...
class Producer {
public:
    virtual ~Producer() = default;

    // Produces all records and waits until each is acknowledged or refused, or until `timeout`;
    // a record still in flight then is purged and reported as retriable. Reports come in the order
    // of the records.
    virtual std::vector<DeliveryReport> produce(
        const std::vector<Record>& records, std::chrono::milliseconds timeout
    ) = 0;
    DeliveryReport produce_one(const Record& record, std::chrono::milliseconds timeout) {
        return std::move(produce({record}, timeout).front());
    }

    // Hands the record over and returns; the future has its report as soon as there is one, however
    // long that takes (message.timeout.ms), and at the latest when the producer is destroyed. Waits
    // at most `room` for room in the queue: without any, the report is there at once, retriable,
    // and nothing was handed over.
    virtual std::future<DeliveryReport> produce_async(
        const Record& record, std::chrono::milliseconds room
    ) = 0;

    // As above, with a function in place of the future. It is called once, by a thread of the
    // producer, or by this one when there was no room; it must be quick, as all reports come one
    // after the other, and throw nothing.
    using OnReport = std::function<void(DeliveryReport&&)>;
    virtual void produce_async(
        const Record& record, std::chrono::milliseconds room, OnReport on_report
    ) = 0;

    // Waits until everything handed over so far has its report. False when `timeout` passed first;
    // what is in flight stays so.
    virtual bool flush(std::chrono::milliseconds timeout) = 0;
};

// A producer of its own connection. `properties` are librdkafka's, by their own names. Throws
// ConfigurationError for a property librdkafka refuses.
std::unique_ptr<Producer> make_producer(const std::map<std::string, std::string>& properties);

}  // namespace carafe
