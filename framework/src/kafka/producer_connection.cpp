#include "kafka/producer_connection.h"

#include "kafka/client_config.h"
#include "kafka/delivery_errors.h"
#include "kafka/produce_arguments.h"

namespace carafe::kafka {

namespace {

DeliveryReport report_of(const rd_kafka_message_t& message) {
    DeliveryReport report;
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        report.error = rd_kafka_err2str(message.err);
        report.retriable = !is_refused(message.err);
    }
    report.partition = message.partition;
    report.offset = message.offset;
    return report;
}

// Owns itself until the report is in.
class FutureTicket final : public DeliveryTicket {
public:
    std::future<DeliveryReport> future() { return promise_.get_future(); }
    void settle(DeliveryReport&& report) override {
        const std::unique_ptr<FutureTicket> last(this);
        promise_.set_value(std::move(report));
    }

private:
    std::promise<DeliveryReport> promise_;
};

// Likewise.
class FunctionTicket final : public DeliveryTicket {
public:
    explicit FunctionTicket(Producer::OnReport on_report) : on_report_(std::move(on_report)) {}
    void settle(DeliveryReport&& report) override {
        const std::unique_ptr<FunctionTicket> last(this);
        on_report_(std::move(report));
    }

private:
    const Producer::OnReport on_report_;
};

}  // namespace

// One call of produce(). It keeps itself alive until its last report is in.
class ProducerConnection::Call {
public:
    Call(std::mutex& mutex, std::condition_variable& answered, std::size_t records)
        : mutex_(mutex),
          answered_(answered),
          tickets_(records),
          reports_(records),
          missing_(records) {}

    static std::shared_ptr<Call> make(ProducerConnection& connection, std::size_t records) {
        auto call = std::make_shared<Call>(connection.mutex_, connection.answered_, records);
        for (std::size_t index = 0; index < records; ++index) {
            call->tickets_[index].call = call.get();
            call->tickets_[index].index = index;
        }
        if (records > 0) {
            call->self_ = call;
        }
        return call;
    }

    DeliveryTicket& ticket(std::size_t index) { return tickets_[index]; }
    // With the mutex held.
    [[nodiscard]] bool complete() const { return missing_ == 0; }
    std::vector<DeliveryReport> take_reports() { return std::move(reports_); }

private:
    struct Ticket final : DeliveryTicket {
        Call* call = nullptr;
        std::size_t index = 0;
        void settle(DeliveryReport&& report) override { call->settle(index, std::move(report)); }
    };

    void settle(std::size_t index, DeliveryReport&& report) {
        std::shared_ptr<Call> finished;
        {
            const std::lock_guard lock(mutex_);
            reports_[index] = std::move(report);
            if (--missing_ == 0) {
                finished = std::move(self_);
            }
        }
        if (finished) {
            answered_.notify_all();
        }
    }

    std::mutex& mutex_;
    std::condition_variable& answered_;
    std::vector<Ticket> tickets_;
    std::vector<DeliveryReport> reports_;
    std::size_t missing_;
    std::shared_ptr<Call> self_;
};

ProducerConnection::ProducerConnection(const Properties& properties) {
    ConfPtr conf = make_conf(properties);
    rd_kafka_conf_set_events(
        conf.get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG
    );
    client_ = make_client(RD_KAFKA_PRODUCER, std::move(conf));
    log_to_queue(client_.get());
    events_.reset(rd_kafka_queue_get_main(client_.get()));
    server_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

ProducerConnection::~ProducerConnection() {
    purge();
    server_.request_stop();
    server_.join();
    events_.reset();
}

void ProducerConnection::provoke_fatal_error() {
    rd_kafka_test_fatal_error(
        client_.get(), RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "provoked by a spec"
    );
}

std::vector<DeliveryReport> ProducerConnection::produce(
    const std::vector<Record>& records, std::chrono::milliseconds timeout
) {
    const auto deadline = Clock::now() + timeout;
    const auto call = Call::make(*this, records.size());
    for (std::size_t index = 0; index < records.size(); ++index) {
        if (auto error = hand_over(records[index], call->ticket(index), deadline)) {
            call->ticket(index).settle(std::move(*error));
        }
    }
    std::unique_lock lock(mutex_);
    const auto complete = [&call] { return call->complete(); };
    if (!answered_.wait_until(lock, deadline, complete)) {
        lock.unlock();
        purge();  // every purged record is reported at once
        lock.lock();
        answered_.wait(lock, complete);
    }
    return call->take_reports();
}

std::future<DeliveryReport> ProducerConnection::produce_async(
    const Record& record, std::chrono::milliseconds room
) {
    auto ticket = std::make_unique<FutureTicket>();
    auto future = ticket->future();
    hand_over_alone(record, std::move(ticket), room);
    return future;
}

void ProducerConnection::produce_async(
    const Record& record, std::chrono::milliseconds room, Producer::OnReport on_report
) {
    hand_over_alone(record, std::make_unique<FunctionTicket>(std::move(on_report)), room);
}

template <typename Ticket>
void ProducerConnection::hand_over_alone(
    const Record& record, std::unique_ptr<Ticket> ticket, std::chrono::milliseconds room
) {
    auto error = hand_over(record, *ticket, Clock::now() + room);
    Ticket* const kept = ticket.release();  // librdkafka's, until the report is in
    if (error) {
        kept->settle(std::move(*error));
    }
}

bool ProducerConnection::flush(std::chrono::milliseconds timeout) {
    constexpr std::chrono::milliseconds kLook{5};
    const auto deadline = Clock::now() + timeout;
    std::unique_lock lock(mutex_);
    while (rd_kafka_outq_len(client_.get()) > 0) {
        if (Clock::now() >= deadline) {
            return false;
        }
        answered_.wait_for(lock, kLook);
    }
    return true;
}

// Waits for room in the local queue, until the deadline. Returns what went wrong, if anything.
std::optional<DeliveryReport> ProducerConnection::hand_over(
    const Record& record, DeliveryTicket& ticket, Clock::time_point deadline
) {
    constexpr std::chrono::milliseconds kLook{10};
    const ProduceArguments arguments(record, &ticket);
    while (true) {
        const ErrorPtr error = arguments.produce(client_.get());
        if (!error) {
            return std::nullopt;
        }
        const rd_kafka_resp_err_t code = rd_kafka_error_code(error.get());
        note_fatal(code);
        const auto now = Clock::now();
        if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL || now >= deadline) {
            return DeliveryReport{rd_kafka_error_string(error.get()), !is_refused(code), -1, -1};
        }
        std::unique_lock lock(mutex_);
        answered_.wait_until(lock, std::min(deadline, now + kLook));
    }
}

void ProducerConnection::purge() {
    rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

void ProducerConnection::note_fatal(rd_kafka_resp_err_t error) {
    fatal_ = fatal_ || error == RD_KAFKA_RESP_ERR__FATAL;
}

void ProducerConnection::serve(const std::stop_token& stop) {
    constexpr int kPollMs = 100;
    while (!stop.stop_requested() || rd_kafka_outq_len(client_.get()) > 0) {
        EventPtr event(rd_kafka_queue_poll(events_.get(), kPollMs));
        if (event) {
            handle(event.get());
            event.reset();  // what it reported counts as queued until now
            answered_.notify_all();
        }
    }
}

void ProducerConnection::handle(rd_kafka_event_t* event) {
    switch (rd_kafka_event_type(event)) {
        case RD_KAFKA_EVENT_DR:
            handle_reports(event);
            break;
        case RD_KAFKA_EVENT_ERROR:
            fatal_ = fatal_ || rd_kafka_event_error_is_fatal(event) != 0;
            note_fatal(rd_kafka_event_error(event));
            repeats_.warn("producer error", rd_kafka_event_error_string(event));
            break;
        case RD_KAFKA_EVENT_LOG:
            print_log_event(event);
            break;
        default:
            break;
    }
}

void ProducerConnection::handle_reports(rd_kafka_event_t* event) {
    while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event)) {
        note_fatal(message->err);
        static_cast<DeliveryTicket*>(message->_private)->settle(report_of(*message));
    }
}

}  // namespace carafe::kafka
