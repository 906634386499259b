#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "carafe/batch.h"
#include "carafe/consumer.h"

namespace carafe::processing {

// One partition as a consumer group sees it.
struct PartitionId {
    std::string group;
    std::string topic;
    std::int32_t partition = 0;

    auto operator<=>(const PartitionId&) const = default;  // NOLINT(modernize-use-nullptr)
};

// A record that is given up, and why; see contract.md, section 6, for the headers it gets.
struct DeadLetter {
    const Message& message;
    std::string dead_letter_topic;
    int attempts = 0;
    std::string error_class;    // the exception's type: shop::UnknownOrder
    std::string error_message;  // at most 1 KiB of it is kept
    std::string fingerprint;    // the same for failures with the same cause
};

// Another owner has claimed the partition since: nothing of the call took effect.
class Fenced : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The handler marked records of the batch as failed (Batch::fail) and returned. Thrown where a
// batch takes effect as a whole: nothing of the call did.
class BatchMarked : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The position is of another topic that had the same name: what lies in this one may have been done
// or not, so nothing is read until an operator has decided.
class OtherTopic : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// How the records of one assigned partition take effect: the difference between at_least_once and
// exactly_once. Made for one assignment, called by one processing thread at a time, and may block.
// All throw carafe::TransientError when something they need is away.
class Delivery {
public:
    virtual ~Delivery() = default;

    // Which topic of this name the cluster has now, by its own id; before claim(), where it is
    // known.
    virtual void topic_is(const std::string& /*topic_id*/) {}

    // Takes ownership of the partition's position and returns the offset to start at. Kafka's
    // `committed_offset` (else the log's beginning; never negative) is a hint: it decides in
    // at_least_once, and in exactly_once only while the database has no position of its own.
    // Called again after Fenced, when the partition is still ours; records below the returned
    // offset must not be delivered, they are done. Throws OtherTopic.
    virtual std::int64_t claim(std::int64_t committed_offset) = 0;

    // Calls the consumer with the batch and makes its effects durable together with the position
    // `next_offset` (the last record's offset + 1). Throws Fenced, or what the consumer threw; then
    // nothing took effect. When the consumer marked records as failed, the others took effect, or
    // BatchMarked is thrown.
    virtual void deliver(const Batch& batch, std::int64_t next_offset) = 0;

    // Makes the dead letter durable, and then the position.
    virtual void dead_letter(const DeadLetter& dead_letter, std::int64_t next_offset) = 0;

    // What BaseConsumer::produce() does: called by the consumer, within deliver() or a hook.
    virtual void produce(const std::vector<Record>& records) = 0;

    // What BaseConsumer::seek() does: called by the consumer, within deliver().
    void seek(std::int64_t offset) { sought_ = offset; }
    // After a call that took effect: where it has moved the position to, instead of behind its
    // last record.
    [[nodiscard]] std::optional<std::int64_t> take_sought() {
        return std::exchange(sought_, std::nullopt);
    }

protected:
    // For implementations that call the consumer again by themselves: to be forgotten before.
    std::optional<std::int64_t> sought_;
};

// Chosen once per route, when the configuration is read. `consumer` outlives the delivery.
using DeliveryFactory =
    std::function<std::unique_ptr<Delivery>(const PartitionId& partition, BaseConsumer& consumer)>;

}  // namespace carafe::processing
