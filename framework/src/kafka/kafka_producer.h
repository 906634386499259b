#pragma once

#include <memory>
#include <mutex>

#include "kafka/producer_connection.h"

namespace carafe::kafka {

// The Producer that make_producer gives: a connection, and another one after a fatal error (a
// fenced or unknown producer id, say).
class KafkaProducer final : public Producer {
public:
    explicit KafkaProducer(const Properties& properties);

    std::vector<DeliveryReport> produce(
        const std::vector<Record>& records, std::chrono::milliseconds timeout
    ) override;
    std::future<DeliveryReport> produce_async(const Record& record, std::chrono::milliseconds room)
        override;
    void produce_async(const Record& record, std::chrono::milliseconds room, OnReport on_report)
        override;
    bool flush(std::chrono::milliseconds timeout) override;

    // The one in use.
    std::shared_ptr<ProducerConnection> connection();

private:
    std::shared_ptr<ProducerConnection> healthy_connection();

    const Properties properties_;
    std::mutex mutex_;
    std::shared_ptr<ProducerConnection> connection_;
};

}  // namespace carafe::kafka
