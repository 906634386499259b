#pragma once

#include "carafe/producer.h"
#include "processing/delivery.h"

namespace carafe::processing {

// A record is done when the consumer has returned; its position is Kafka's, kept by the engine. A
// dead letter is acknowledged by the broker before the position moves.
class AtLeastOnceDelivery final : public Delivery {
public:
    // Throws std::logic_error when `consumer` is not a carafe::Consumer. `producer` is shared and
    // outlives the delivery.
    AtLeastOnceDelivery(std::string group, BaseConsumer& consumer, Producer& producer);

    std::int64_t claim(std::int64_t committed_offset) override { return committed_offset; }
    void deliver(const Batch& batch, std::int64_t next_offset) override;
    void dead_letter(const DeadLetter& dead_letter, std::int64_t next_offset) override;
    void produce(const std::vector<Record>& records) override;

private:
    const std::string group_;
    Consumer& consumer_;
    Producer& producer_;
};

}  // namespace carafe::processing
