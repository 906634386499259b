#include "kafka/log_reader.h"

#include "carafe/errors.h"
#include "kafka/client_config.h"
#include "kafka/message_view.h"

namespace carafe::kafka {

namespace {

constexpr int kPollMs = 100;

Properties fetch_properties(LogReader::Ahead ahead) {
    if (ahead == LogReader::Ahead::kMuch) {
        return {{"queued.max.messages.kbytes", "16384"}};
    }
    return {
        {"fetch.message.max.bytes", "16384"},
        {"fetch.max.bytes", "1000000"},  // librdkafka takes no less
        {"queued.max.messages.kbytes", "1024"}};
}

Properties reader_properties(const Properties& properties, LogReader::Ahead ahead) {
    return merged(
        merged(merged(consumer_properties(), properties), fetch_properties(ahead)),
        {{"group.id", "carafe-log-reader"},  // assign refuses to work without one; never joined
         {"enable.auto.commit", "false"},
         {"auto.offset.reset", "earliest"},  // retention may delete the start while we read
         {"enable.partition.eof", "true"},   // the end of a log with gaps is known no other way
         {"fetch.wait.max.ms", "10"}}        // so that the end is known soon
    );
}

}  // namespace

class LogReader::Implementation {
public:
    Implementation(const Properties& properties, std::chrono::milliseconds timeout, Ahead ahead)
        : timeout_(timeout),
          client_(make_client(RD_KAFKA_CONSUMER, make_conf(reader_properties(properties, ahead)))) {
        rd_kafka_poll_set_consumer(client_.get());
    }

    ~Implementation() { rd_kafka_assign(client_.get(), nullptr); }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    [[nodiscard]] std::vector<LogRange> ranges(const std::string& topic) const {
        std::vector<LogRange> ranges;
        for (int partition = 0; partition < partitions(topic); ++partition) {
            LogRange range{topic, partition, 0, 0};
            check(rd_kafka_query_watermark_offsets(
                client_.get(), topic.c_str(), partition, &range.from, &range.to, timeout_ms()
            ));
            ranges.push_back(std::move(range));
        }
        return ranges;
    }

    void read(const std::vector<LogRange>& ranges, const Visit& visit) {
        rd_kafka_assign(client_.get(), nullptr);
        ends_.clear();
        const PartitionsPtr assignment = make_partitions(static_cast<int>(ranges.size()));
        for (const LogRange& range : ranges) {
            if (range.from < range.to) {
                ends_[{range.topic, range.partition}] = range.to;
                rd_kafka_topic_partition_list_add(
                    assignment.get(), range.topic.c_str(), range.partition
                )
                    ->offset = range.from;
            }
        }
        const ErrorPtr error(rd_kafka_incremental_assign(client_.get(), assignment.get()));
        if (error) {
            check(rd_kafka_error_code(error.get()));
        }
        drain(visit);
        rd_kafka_assign(client_.get(), nullptr);
    }

private:
    [[nodiscard]] int timeout_ms() const { return static_cast<int>(timeout_.count()); }

    static void check(rd_kafka_resp_err_t error) {
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
            throw TransientError(std::string("reading from Kafka: ") + rd_kafka_err2str(error));
        }
    }

    [[nodiscard]] int partitions(const std::string& topic) const {
        const TopicPtr handle(rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
        const rd_kafka_metadata_t* raw = nullptr;
        check(rd_kafka_metadata(client_.get(), 0, handle.get(), &raw, timeout_ms()));
        const MetadataPtr metadata(raw);
        return metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0;
    }

    // Until every partition has reached its end.
    void drain(const Visit& visit) {
        auto deadline = std::chrono::steady_clock::now() + timeout_;
        while (!ends_.empty()) {
            const MessagePtr message(rd_kafka_consumer_poll(client_.get(), kPollMs));
            if (message) {
                deadline = std::chrono::steady_clock::now() + timeout_;
                if (!handle(*message, visit)) {
                    return;
                }
            } else if (std::chrono::steady_clock::now() >= deadline) {
                throw TransientError("reading from Kafka: no answer from the broker");
            }
        }
    }

    // False when the visitor has seen enough.
    bool handle(const rd_kafka_message_t& message, const Visit& visit) {
        if (message.rkt == nullptr) {
            return true;  // a broker is away for a moment; the time-out decides
        }
        const char* topic = rd_kafka_topic_name(message.rkt);
        const auto end = ends_.find({topic, message.partition});
        if (end == ends_.end()) {
            return true;  // past its end
        }
        if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            ends_.erase(end);
            return true;
        }
        check(message.err);
        const bool is_inside = message.offset < end->second;
        if (message.offset + 1 >= end->second) {
            ends_.erase(end);
            stop(topic, message.partition);
        }
        return !is_inside || visit(view(message, topic));
    }

    // Nothing more is fetched of a partition that is done.
    void stop(const char* topic, std::int32_t partition) {
        const PartitionsPtr done = make_partitions(1);
        rd_kafka_topic_partition_list_add(done.get(), topic, partition);
        const ErrorPtr error(rd_kafka_incremental_unassign(client_.get(), done.get()));
    }

    std::chrono::milliseconds timeout_;
    ClientPtr client_;
    std::map<std::pair<std::string, std::int32_t>, std::int64_t> ends_;  // of those still read
};

LogReader::LogReader(
    const std::map<std::string, std::string>& properties,
    std::chrono::milliseconds timeout,
    Ahead ahead
)
    : implementation_(std::make_unique<Implementation>(properties, timeout, ahead)) {}

LogReader::~LogReader() = default;

std::vector<LogRange> LogReader::ranges(const std::string& topic) const {
    return implementation_->ranges(topic);
}

void LogReader::read(const std::vector<LogRange>& ranges, const Visit& visit) {
    implementation_->read(ranges, visit);
}

}  // namespace carafe::kafka
