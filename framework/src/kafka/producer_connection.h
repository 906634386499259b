#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "carafe/producer.h"
#include "instrumentation/repeats.h"
#include "kafka/handles.h"
#include "kafka/properties.h"

namespace carafe::kafka {

// Whoever waits for one record's report. librdkafka holds the pointer until then.
class DeliveryTicket {
public:
    virtual void settle(DeliveryReport&& report) = 0;

protected:
    ~DeliveryTicket() = default;
};

// One librdkafka producer and the thread that serves its events. Thread-safe.
class ProducerConnection {
public:
    using Clock = std::chrono::steady_clock;

    explicit ProducerConnection(const Properties& properties);
    // Purges what is in flight: every ticket is settled before this returns.
    ~ProducerConnection();
    ProducerConnection(const ProducerConnection&) = delete;
    ProducerConnection& operator=(const ProducerConnection&) = delete;

    // Of no use any more: a fatal error ends a librdkafka producer for good.
    [[nodiscard]] bool fatal() const { return fatal_; }
    // As librdkafka would say it, for specs.
    void provoke_fatal_error();

    std::vector<DeliveryReport> produce(
        const std::vector<Record>& records, std::chrono::milliseconds timeout
    );
    std::future<DeliveryReport> produce_async(const Record& record, std::chrono::milliseconds room);
    void produce_async(
        const Record& record, std::chrono::milliseconds room, Producer::OnReport on_report
    );
    bool flush(std::chrono::milliseconds timeout);

private:
    class Call;

    template <typename Ticket>
    void hand_over_alone(
        const Record& record, std::unique_ptr<Ticket> ticket, std::chrono::milliseconds room
    );
    std::optional<DeliveryReport> hand_over(
        const Record& record, DeliveryTicket& ticket, Clock::time_point deadline
    );
    void purge();
    void serve(const std::stop_token& stop);
    void handle(rd_kafka_event_t* event);
    void handle_reports(rd_kafka_event_t* event);
    void note_fatal(rd_kafka_resp_err_t error);

    ClientPtr client_;
    QueuePtr events_;
    std::atomic<bool> fatal_{false};
    log::Repeats repeats_;
    std::mutex mutex_;                  // guards every Call
    std::condition_variable answered_;  // reports have come: there may be room, or all
    std::jthread server_;
};

}  // namespace carafe::kafka
