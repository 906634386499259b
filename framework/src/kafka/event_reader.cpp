#include "carafe/event_reader.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "carafe/log.h"
#include "instrumentation/repeats.h"
#include "kafka/client_config.h"
#include "kafka/message_spans.h"
#include "kafka/message_view.h"

namespace carafe {

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kPoll = std::chrono::milliseconds(100);
constexpr auto kRefresh = std::chrono::seconds(5);  // new topics and partitions
constexpr auto kRefreshUntilReady = std::chrono::milliseconds(200);
constexpr auto kProbe = std::chrono::milliseconds(500);
constexpr int kProbeTimeoutMs = 450;
constexpr int kRequestTimeoutMs = 2000;

kafka::Properties reader_properties(const std::map<std::string, std::string>& properties) {
    kafka::Properties all = kafka::merged(kafka::consumer_properties(), properties);
    all["group.id"] = "carafe-event-reader";  // assign refuses to work without one; never joined
    all["enable.auto.commit"] = "false";
    all["auto.offset.reset"] = "earliest";
    return all;
}

}  // namespace

class EventReader::Implementation {
public:
    Implementation(
        const std::map<std::string, std::string>& properties,
        std::vector<std::string> topics,
        Handler handler
    )
        : topics_(topics.begin(), topics.end()), handler_(std::move(handler)) {
        kafka::ConfPtr conf = kafka::make_conf(reader_properties(properties));
        rd_kafka_conf_set_events(conf.get(), RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_LOG);
        client_ = kafka::make_client(RD_KAFKA_CONSUMER, std::move(conf));
        kafka::log_to_queue(client_.get());
        rd_kafka_poll_set_consumer(client_.get());
        queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
    }

    ~Implementation() {
        stop();
        queue_.reset();
    }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    void start() {
        thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
        watch_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
    }

    void stop() {
        for (std::jthread* thread : {&watch_, &thread_}) {
            if (thread->joinable()) {
                thread->request_stop();
                wake_.notify_all();
                thread->join();
            }
        }
    }

    [[nodiscard]] bool ready() const { return ready_; }
    [[nodiscard]] std::chrono::milliseconds silence() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(
            Clock::now() - answered_at_.load()
        );
    }

private:
    void run(const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            const kafka::EventPtr event(
                rd_kafka_queue_poll(queue_.get(), static_cast<int>(kPoll.count()))
            );
            if (event) {
                handle(event.get());
            }
        }
    }

    // Asking blocks while no broker answers, so it has a thread of its own: what was fetched before
    // is delivered meanwhile.
    void watch(const std::stop_token& stop) {
        auto next_refresh = Clock::now();
        while (!stop.stop_requested()) {
            const auto asked_at = Clock::now();
            if (asked_at >= next_refresh) {
                follow_new_partitions();
                next_refresh = Clock::now() + (ready_ ? Clock::duration(kRefresh)
                                                      : Clock::duration(kRefreshUntilReady));
            }
            probe();
            std::unique_lock lock(watch_mutex_);
            wake_.wait_until(lock, stop, std::min(asked_at + kProbe, next_refresh), [] {
                return false;
            });
        }
    }

    void probe() {
        const rd_kafka_metadata_t* raw = nullptr;
        if (rd_kafka_metadata(client_.get(), 0, nullptr, &raw, kProbeTimeoutMs) ==
            RD_KAFKA_RESP_ERR_NO_ERROR) {
            const kafka::MetadataPtr metadata(raw);
            answered_at_ = Clock::now();
        }
    }

    void handle(rd_kafka_event_t* event) {
        switch (rd_kafka_event_type(event)) {
            case RD_KAFKA_EVENT_FETCH:
                while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event)) {
                    deliver(*message);
                }
                break;
            case RD_KAFKA_EVENT_ERROR:
                repeats_.warn("event reader error", rd_kafka_event_error_string(event));
                break;
            case RD_KAFKA_EVENT_LOG:
                kafka::print_log_event(event);
                break;
            default:
                break;
        }
    }

    void deliver(const rd_kafka_message_t& message) {
        if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            repeats_.warn("event reader error", rd_kafka_message_errstr(&message));
            return;
        }
        const char* topic = rd_kafka_topic_name(message.rkt);
        const auto start = std::chrono::system_clock::now();
        try {
            handler_(kafka::view(message, topic));
            kafka::add_process_span(kafka::view(message, topic), "", start, {});
        } catch (const std::exception& error) {
            log::error(
                "event handler failed",
                {{"topic", topic},
                 {"partition", std::to_string(message.partition)},
                 {"offset", std::to_string(message.offset)},
                 {"error", error.what()}}
            );
        }
    }

    // Partitions known at the first complete look are read from their end; one that appears later
    // is new, and read from its beginning.
    void follow_new_partitions() {
        const rd_kafka_metadata_t* raw = nullptr;
        if (rd_kafka_metadata(client_.get(), 1, nullptr, &raw, kRequestTimeoutMs) !=
            RD_KAFKA_RESP_ERR_NO_ERROR) {
            return;
        }
        const kafka::MetadataPtr metadata(raw);
        bool complete = true;
        for (int index = 0; index < metadata->topic_cnt; ++index) {
            const rd_kafka_metadata_topic& topic = metadata->topics[index];
            if (!topics_.contains(topic.topic)) {
                continue;
            }
            for (int partition = 0; partition < topic.partition_cnt; ++partition) {
                complete &= follow(topic.topic, partition);
            }
        }
        ready_ = ready_ || complete;
    }

    bool follow(const std::string& topic, std::int32_t partition) {
        if (assigned_.contains({topic, partition})) {
            return true;
        }
        std::int64_t low = 0;
        std::int64_t high = 0;
        if (rd_kafka_query_watermark_offsets(
                client_.get(), topic.c_str(), partition, &low, &high, kRequestTimeoutMs
            ) != RD_KAFKA_RESP_ERR_NO_ERROR) {
            return false;
        }
        const kafka::PartitionsPtr added = kafka::make_partitions(1);
        rd_kafka_topic_partition_list_add(added.get(), topic.c_str(), partition)->offset =
            ready_ ? low : high;
        const kafka::ErrorPtr error(rd_kafka_incremental_assign(client_.get(), added.get()));
        if (error) {
            log::warn("event reader assign", {{"error", rd_kafka_error_string(error.get())}});
            return false;
        }
        assigned_.emplace(topic, partition);
        return true;
    }

    const std::set<std::string, std::less<>> topics_;
    const Handler handler_;
    kafka::ClientPtr client_;
    kafka::QueuePtr queue_;
    std::set<std::pair<std::string, std::int32_t>> assigned_;  // the watch's
    std::atomic<bool> ready_{false};
    std::atomic<Clock::time_point> answered_at_{Clock::now()};
    log::Repeats repeats_;
    std::mutex watch_mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;
    std::jthread watch_;
};

EventReader::EventReader(
    const std::map<std::string, std::string>& properties,
    std::vector<std::string> topics,
    Handler handler
)
    : implementation_(
          std::make_unique<Implementation>(properties, std::move(topics), std::move(handler))
      ) {}

EventReader::~EventReader() = default;

void EventReader::start() {
    implementation_->start();
}
void EventReader::stop() {
    implementation_->stop();
}
bool EventReader::ready() const {
    return implementation_->ready();
}
std::chrono::milliseconds EventReader::silence() const {
    return implementation_->silence();
}

}  // namespace carafe
