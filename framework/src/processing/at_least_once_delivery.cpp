#include "processing/at_least_once_delivery.h"

#include <stdexcept>

#include "carafe/errors.h"
#include "processing/dead_letter_record.h"
#include "processing/own_records.h"

namespace carafe::processing {

namespace {

constexpr auto kAcknowledgementTimeout = std::chrono::seconds(30);

Consumer& as_consumer(BaseConsumer& consumer) {
    auto* plain = dynamic_cast<Consumer*>(&consumer);
    if (plain == nullptr) {
        throw std::logic_error(
            "an at_least_once route needs a class that derives from carafe::Consumer"
        );
    }
    return *plain;
}

}  // namespace

AtLeastOnceDelivery::AtLeastOnceDelivery(
    std::string group, BaseConsumer& consumer, Producer& producer
)
    : group_(std::move(group)), consumer_(as_consumer(consumer)), producer_(producer) {}

void AtLeastOnceDelivery::deliver(const Batch& batch, std::int64_t /*next_offset*/) {
    const OwnRecords own(batch, group_);
    if (!own.empty()) {
        consumer_.consume(own.batch());
    }
}

void AtLeastOnceDelivery::dead_letter(const DeadLetter& dead_letter, std::int64_t /*next_offset*/) {
    const auto reports =
        producer_.produce({dead_letter_record(dead_letter, group_)}, kAcknowledgementTimeout);
    if (!reports.front().error.empty()) {
        throw TransientError(
            "dead letter topic " + dead_letter.dead_letter_topic + ": " + reports.front().error
        );
    }
}

void AtLeastOnceDelivery::produce(const std::vector<Record>& records) {
    const auto reports = producer_.produce(records, kAcknowledgementTimeout);
    for (std::size_t index = 0; index < reports.size(); ++index) {
        const DeliveryReport& report = reports[index];
        if (report.error.empty()) {
            continue;
        }
        const std::string text = "topic " + records[index].topic + ": " + report.error;
        if (report.retriable) {
            throw TransientError(text);
        }
        throw std::runtime_error("the broker refused a record for " + text);
    }
}

}  // namespace carafe::processing
