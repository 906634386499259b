#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
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

// Produces to Kafka: idempotent, acks=all, in order per partition. Thread-safe. The fake in
// carafe/testing passes the same contract spec as the real one.
class Producer {
public:
    virtual ~Producer() = default;

    // Produces all records and waits until each is acknowledged or refused, or until `timeout`;
    // a record still in flight then is purged and reported as retriable. Reports come in the order
    // of the records.
    virtual std::vector<DeliveryReport> produce(
        const std::vector<Record>& records, std::chrono::milliseconds timeout
    ) = 0;
};

// A producer of its own connection. `properties` are librdkafka's, by their own names. Throws
// ConfigurationError for a property librdkafka refuses.
std::unique_ptr<Producer> make_producer(const std::map<std::string, std::string>& properties);

}  // namespace carafe
