#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "processing/delivery.h"
#include "processing/parking_lot.h"

namespace carafe::processing {

// A parked record as the partition's next owner finds it.
struct ParkedRecord {
    std::int64_t offset = 0;
    std::optional<std::string> key;
    int attempts = 0;  // that counted before it was parked
};

// Records to be set aside, and why: a failure, or none when they only follow one that failed.
struct Parking {
    std::span<const Message> records;
    int attempts = 0;
    Failure failure{};
};

// A parked record, read back; a view of it is valid as long as this lives.
class ParkedMessage {
public:
    virtual ~ParkedMessage() = default;
    [[nodiscard]] virtual const Message& message() const = 0;
};

// What a Delivery besides does for a route with `order: park`. Called and throws as Delivery.
class ParkingDelivery {
public:
    virtual ~ParkingDelivery() = default;

    // All that is parked of the partition, in offset order.
    virtual std::vector<ParkedRecord> parked() = 0;
    // As Delivery::deliver(), and sets records aside in the same step. `batch` may be empty: then
    // the consumer is not called.
    virtual void deliver_and_park(
        const Batch& batch, const Parking& parking, std::int64_t next_offset
    ) = 0;

    // Empty when it is not parked any more: it was done by a commit whose answer was lost.
    virtual std::unique_ptr<ParkedMessage> find_parked(std::int64_t offset) = 0;
    // Calls the consumer with this one record; it is parked no longer when that took effect.
    virtual void retry_parked(const Batch& alone) = 0;
    virtual void dead_letter_parked(const DeadLetter& dead_letter) = 0;
};

// Of a record's key; without one, of the record.
KeyTag key_tag(const std::optional<std::string_view>& key, std::int64_t offset);

}  // namespace carafe::processing
