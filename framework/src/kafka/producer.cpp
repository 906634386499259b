#include "carafe/producer.h"

#include "carafe/log.h"
#include "kafka/kafka_producer.h"

namespace carafe {

namespace kafka {

KafkaProducer::KafkaProducer(const Properties& properties)
    : properties_(merged(producer_properties(), properties)),
      connection_(std::make_shared<ProducerConnection>(properties_)) {}

std::vector<DeliveryReport> KafkaProducer::produce(
    const std::vector<Record>& records, std::chrono::milliseconds timeout
) {
    return healthy_connection()->produce(records, timeout);
}

std::future<DeliveryReport> KafkaProducer::produce_async(
    const Record& record, std::chrono::milliseconds room
) {
    return healthy_connection()->produce_async(record, room);
}

void KafkaProducer::produce_async(
    const Record& record, std::chrono::milliseconds room, OnReport on_report
) {
    healthy_connection()->produce_async(record, room, std::move(on_report));
}

bool KafkaProducer::flush(std::chrono::milliseconds timeout) {
    return connection()->flush(timeout);
}

std::shared_ptr<ProducerConnection> KafkaProducer::connection() {
    const std::lock_guard lock(mutex_);
    return connection_;
}

std::shared_ptr<ProducerConnection> KafkaProducer::healthy_connection() {
    const std::lock_guard lock(mutex_);
    if (connection_->fatal()) {
        log::warn("producer replaced after a fatal error");
        connection_ = std::make_shared<ProducerConnection>(properties_);
    }
    return connection_;
}

}  // namespace kafka

std::unique_ptr<Producer> make_producer(const std::map<std::string, std::string>& properties) {
    return std::make_unique<kafka::KafkaProducer>(properties);
}

}  // namespace carafe
