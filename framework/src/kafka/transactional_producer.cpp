#include "carafe/transactional_producer.h"

#include <mutex>
#include <thread>

#include "carafe/errors.h"
#include "kafka/client_config.h"
#include "kafka/delivery_errors.h"
#include "kafka/produce_arguments.h"

namespace carafe {

namespace {

using Clock = std::chrono::steady_clock;
using kafka::ErrorPtr;
using MetadataPtr = std::unique_ptr<
    rd_kafka_consumer_group_metadata_t,
    kafka::Destroy<rd_kafka_consumer_group_metadata_destroy>>;

bool is_fenced(rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR__FENCED || error == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
           error == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
}

kafka::Properties transactional(const std::string& id, const kafka::Properties& properties) {
    kafka::Properties all = kafka::merged(kafka::producer_properties(), properties);
    all["transactional.id"] = id;
    all.emplace("socket.timeout.ms", "10000");  // destroying a client waits for its requests
    all.erase("message.timeout.ms");            // follows from transaction.timeout.ms
    return all;
}

class KafkaTransactionalProducer final : public TransactionalProducer {
public:
    KafkaTransactionalProducer(const std::string& id, const kafka::Properties& properties)
        : properties_(transactional(id, properties)), client_(connect()) {}

    void commit(
        const std::vector<Record>& records,
        const Consumed& consumed,
        std::chrono::milliseconds timeout
    ) override {
        const std::lock_guard lock(mutex_);
        const auto deadline = Clock::now() + timeout;
        if (is_fenced_) {
            throw ProducerFenced(kFenced);
        }
        serve_logs();
        start(deadline);
        for (const Record& record : records) {
            hand_over(record, deadline);
        }
        if (!consumed.positions.empty()) {
            send_positions(consumed, deadline);
        }
        carry_out(deadline, [this](int left) {
            return rd_kafka_commit_transaction(client_.get(), left);
        });
        serve_logs();
    }

private:
    static constexpr const char* kFenced =
        "another producer with this transactional id has started since";

    [[nodiscard]] kafka::ClientPtr connect() const {
        kafka::ConfPtr conf = kafka::make_conf(properties_);
        rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG);
        kafka::ClientPtr client = kafka::make_client(RD_KAFKA_PRODUCER, std::move(conf));
        kafka::log_to_queue(client.get());
        return client;
    }

    void start(Clock::time_point deadline) {
        if (!client_) {
            client_ = connect();
        }
        if (!is_ready_) {
            carry_out(deadline, [this](int left) {
                return rd_kafka_init_transactions(client_.get(), left);
            });
            is_ready_ = true;
        }
        carry_out(deadline, [this](int) { return rd_kafka_begin_transaction(client_.get()); });
    }

    // Waits for room in the local queue.
    void hand_over(const Record& record, Clock::time_point deadline) {
        constexpr std::chrono::milliseconds kPause{5};
        const kafka::ProduceArguments arguments(record, nullptr);
        while (true) {
            const ErrorPtr error = arguments.produce(client_.get());
            if (!error) {
                return;
            }
            const bool is_full = rd_kafka_error_code(error.get()) == RD_KAFKA_RESP_ERR__QUEUE_FULL;
            if (!is_full || Clock::now() >= deadline) {
                give_up(*error);
            }
            std::this_thread::sleep_for(kPause);
        }
    }

    void send_positions(const Consumed& consumed, Clock::time_point deadline) {
        const kafka::PartitionsPtr offsets =
            kafka::make_partitions(static_cast<int>(consumed.positions.size()));
        for (const ConsumedPosition& position : consumed.positions) {
            rd_kafka_topic_partition_list_add(
                offsets.get(), position.topic.c_str(), position.partition
            )
                ->offset = position.next_offset;
        }
        const MetadataPtr group(rd_kafka_consumer_group_metadata_new(consumed.group.c_str()));
        carry_out(deadline, [&](int left) {
            return rd_kafka_send_offsets_to_transaction(
                client_.get(), offsets.get(), group.get(), left
            );
        });
    }

    // Again for as long as librdkafka says so and there is time.
    template <typename Step>
    void carry_out(Clock::time_point deadline, const Step& step) {
        while (true) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                std::max(deadline - Clock::now(), Clock::duration::zero())
            );
            const ErrorPtr error(step(static_cast<int>(left.count())));
            if (!error) {
                return;
            }
            if (rd_kafka_error_is_retriable(error.get()) == 0 || Clock::now() >= deadline) {
                give_up(*error);
            }
        }
    }

    // Ends the transaction without effect where that is possible; else the client goes, and the
    // next one's start ends it.
    [[noreturn]] void give_up(const rd_kafka_error_t& error) {
        constexpr int kAbortMs = 5'000;
        const rd_kafka_resp_err_t code = rd_kafka_error_code(&error);
        const std::string text = rd_kafka_error_string(&error);
        const bool is_over = rd_kafka_error_is_fatal(&error) != 0;
        if (is_over || ErrorPtr(rd_kafka_abort_transaction(client_.get(), kAbortMs))) {
            client_.reset();
            is_ready_ = false;
        }
        if (is_fenced(code)) {
            is_fenced_ = true;
            throw ProducerFenced(kFenced);
        }
        if (kafka::is_refused(code)) {
            throw std::runtime_error("a record of the transaction was refused: " + text);
        }
        throw TransientError("transaction: " + text);
    }

    void serve_logs() {
        if (!client_) {
            return;
        }
        const kafka::QueuePtr events(rd_kafka_queue_get_main(client_.get()));
        while (const kafka::EventPtr event{rd_kafka_queue_poll(events.get(), 0)}) {
            if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_LOG) {
                kafka::print_log_event(event.get());
            }
        }
    }

    const kafka::Properties properties_;
    std::mutex mutex_;
    kafka::ClientPtr client_;
    bool is_ready_ = false;  // the broker knows this client by its id
    bool is_fenced_ = false;
};

}  // namespace

std::unique_ptr<TransactionalProducer> make_transactional_producer(
    const std::string& id, const std::map<std::string, std::string>& properties
) {
    return std::make_unique<KafkaTransactionalProducer>(id, properties);
}

}  // namespace carafe
