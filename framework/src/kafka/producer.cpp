#include "carafe/producer.h"

#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "carafe/log.h"
#include "instrumentation/repeats.h"
#include "kafka/client_config.h"

namespace carafe {

namespace {

// One call of produce(). It keeps itself alive until its last report is in, because librdkafka
// holds pointers to its tickets until then.
struct Call {
    struct Ticket {
        Call* call = nullptr;
        std::size_t index = 0;
    };

    std::vector<Ticket> tickets;
    std::vector<DeliveryReport> reports;
    std::size_t missing = 0;
    std::shared_ptr<Call> self;
};

// Refused for the record's own sake: sending it again would be refused again.
bool is_refused(rd_kafka_resp_err_t error) {
    switch (error) {
        case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
        case RD_KAFKA_RESP_ERR_INVALID_MSG:
        case RD_KAFKA_RESP_ERR_INVALID_RECORD:
        case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
        case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
        case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
        case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
        case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
        case RD_KAFKA_RESP_ERR__INVALID_ARG:
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
        case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
        case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
            return true;
        default:
            return false;
    }
}

// The arguments of one rd_kafka_produceva call; views `record`, which must outlive it.
class ProduceArguments {
public:
    ProduceArguments(const Record& record, void* opaque) {
        add(RD_KAFKA_VTYPE_TOPIC).u.cstr = record.topic.c_str();
        add(RD_KAFKA_VTYPE_MSGFLAGS).u.i = RD_KAFKA_MSG_F_COPY;
        add(RD_KAFKA_VTYPE_OPAQUE).u.ptr = opaque;
        add_bytes(RD_KAFKA_VTYPE_KEY, record.key);
        add_bytes(RD_KAFKA_VTYPE_VALUE, record.payload);
        for (const auto& [name, value] : record.headers) {
            auto& header = add(RD_KAFKA_VTYPE_HEADER).u.header;
            header.name = name.c_str();
            header.val = value.data();
            header.size = static_cast<ssize_t>(value.size());
        }
    }

    kafka::ErrorPtr produce(rd_kafka_t* client) const {
        return kafka::ErrorPtr(rd_kafka_produceva(client, values_.data(), values_.size()));
    }

private:
    rd_kafka_vu_t& add(rd_kafka_vtype_t type) {
        values_.emplace_back();
        values_.back().vtype = type;
        return values_.back();
    }

    void add_bytes(rd_kafka_vtype_t type, const std::optional<std::string>& bytes) {
        if (bytes) {
            auto& mem = add(type).u.mem;
            mem.ptr = const_cast<char*>(bytes->data());  // librdkafka copies it (F_COPY)
            mem.size = bytes->size();
        }
    }

    std::vector<rd_kafka_vu_t> values_;
};

// One librdkafka producer and the thread that serves its events.
class Connection {
public:
    explicit Connection(const kafka::Properties& properties) {
        kafka::ConfPtr conf = kafka::make_conf(properties);
        rd_kafka_conf_set_events(
            conf.get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG
        );
        client_ = kafka::make_client(RD_KAFKA_PRODUCER, std::move(conf));
        kafka::log_to_queue(client_.get());
        events_.reset(rd_kafka_queue_get_main(client_.get()));
        server_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
    }

    ~Connection() {
        purge();
        server_.request_stop();
        server_.join();
        events_.reset();
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] bool fatal() const { return fatal_; }

    std::vector<DeliveryReport> produce(
        const std::vector<Record>& records, std::chrono::milliseconds timeout
    ) {
        const auto deadline = std::chrono::steady_clock::now() + timeout;
        auto call = std::make_shared<Call>();
        call->reports.resize(records.size());
        call->tickets.resize(records.size());
        call->missing = records.size();
        call->self = call;
        for (std::size_t index = 0; index < records.size(); ++index) {
            call->tickets[index] = {call.get(), index};
            if (auto error = hand_over(records[index], call->tickets[index], deadline)) {
                report(call->tickets[index], std::move(*error));
            }
        }
        return await(*call, deadline);
    }

private:
    // Waits for room in the local queue, until the deadline. Returns what went wrong, if anything.
    std::optional<DeliveryReport> hand_over(
        const Record& record, Call::Ticket& ticket, std::chrono::steady_clock::time_point deadline
    ) {
        const ProduceArguments arguments(record, &ticket);
        while (true) {
            const kafka::ErrorPtr error = arguments.produce(client_.get());
            if (!error) {
                return std::nullopt;
            }
            const rd_kafka_resp_err_t code = rd_kafka_error_code(error.get());
            if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL ||
                std::chrono::steady_clock::now() >= deadline) {
                return DeliveryReport{
                    rd_kafka_error_string(error.get()), !is_refused(code), -1, -1};
            }
            std::unique_lock lock(mutex_);
            answered_.wait_for(lock, std::chrono::milliseconds(10));
        }
    }

    std::vector<DeliveryReport> await(Call& call, std::chrono::steady_clock::time_point deadline) {
        std::unique_lock lock(mutex_);
        const auto complete = [&] { return call.missing == 0; };
        if (!answered_.wait_until(lock, deadline, complete)) {
            lock.unlock();
            purge();  // every purged record is reported at once
            lock.lock();
            answered_.wait(lock, complete);
        }
        return std::move(call.reports);
    }

    void purge() {
        rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    }

    void report(const Call::Ticket& ticket, DeliveryReport&& delivery) {
        std::shared_ptr<Call> finished;
        {
            const std::lock_guard lock(mutex_);
            Call& call = *ticket.call;
            call.reports[ticket.index] = std::move(delivery);
            if (--call.missing == 0) {
                finished = std::move(call.self);
            }
        }
        if (finished) {
            answered_.notify_all();
        }
    }

    void serve(const std::stop_token& stop) {
        constexpr int kPollMs = 100;
        while (!stop.stop_requested() || rd_kafka_outq_len(client_.get()) > 0) {
            const kafka::EventPtr event(rd_kafka_queue_poll(events_.get(), kPollMs));
            if (event) {
                handle(event.get());
            }
        }
    }

    void handle(rd_kafka_event_t* event) {
        switch (rd_kafka_event_type(event)) {
            case RD_KAFKA_EVENT_DR:
                handle_reports(event);
                break;
            case RD_KAFKA_EVENT_ERROR:
                fatal_ = fatal_ || rd_kafka_event_error_is_fatal(event) != 0;
                repeats_.warn("producer error", rd_kafka_event_error_string(event));
                break;
            case RD_KAFKA_EVENT_LOG:
                kafka::print_log_event(event);
                break;
            default:
                break;
        }
    }

    void handle_reports(rd_kafka_event_t* event) {
        while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event)) {
            const auto* ticket = static_cast<const Call::Ticket*>(message->_private);
            DeliveryReport delivery;
            if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
                delivery.error = rd_kafka_err2str(message->err);
                delivery.retriable = !is_refused(message->err);
            }
            delivery.partition = message->partition;
            delivery.offset = message->offset;
            report(*ticket, std::move(delivery));
        }
    }

    kafka::ClientPtr client_;
    kafka::QueuePtr events_;
    std::atomic<bool> fatal_{false};
    log::Repeats repeats_;
    std::mutex mutex_;  // guards every Call
    std::condition_variable answered_;
    std::jthread server_;
};

class KafkaProducer final : public Producer {
public:
    explicit KafkaProducer(const kafka::Properties& properties)
        : properties_(kafka::merged(kafka::producer_properties(), properties)),
          connection_(std::make_shared<Connection>(properties_)) {}

    std::vector<DeliveryReport> produce(
        const std::vector<Record>& records, std::chrono::milliseconds timeout
    ) override {
        return healthy_connection()->produce(records, timeout);
    }

private:
    // A fatal error (a fenced or unknown producer id) ends a librdkafka producer for good.
    std::shared_ptr<Connection> healthy_connection() {
        const std::lock_guard lock(mutex_);
        if (connection_->fatal()) {
            log::warn("producer replaced after a fatal error");
            connection_ = std::make_shared<Connection>(properties_);
        }
        return connection_;
    }

    const kafka::Properties properties_;
    std::mutex mutex_;
    std::shared_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<Producer> make_producer(const std::map<std::string, std::string>& properties) {
    return std::make_unique<KafkaProducer>(properties);
}

}  // namespace carafe
