#include "kafka/rdkafka_partition_queue.h"

#include <algorithm>
#include <array>

#include "kafka/message_view.h"

namespace carafe::kafka {

namespace {

class NativeChunk final : public Chunk {
public:
    explicit NativeChunk(std::string_view topic) : topic_(topic) {}
    ~NativeChunk() override { destroy_records(); }
    NativeChunk(const NativeChunk&) = delete;
    NativeChunk& operator=(const NativeChunk&) = delete;

    [[nodiscard]] std::span<const Message> messages() const override { return messages_; }

    void clear() override {
        destroy_records();
        records_.clear();
        messages_.clear();
    }

    void add(rd_kafka_message_t* record) {
        records_.push_back(record);
        messages_.push_back(view(*record, topic_));
    }

private:
    void destroy_records() {
        for (rd_kafka_message_t* record : records_) {
            rd_kafka_message_destroy(record);
        }
    }

    const std::string_view topic_;  // the queue's
    std::vector<rd_kafka_message_t*> records_;
    std::vector<Message> messages_;
};

class RdKafkaPartitionQueue final : public PartitionQueue {
public:
    RdKafkaPartitionQueue(QueuePtr queue, std::string topic)
        : topic_(std::move(topic)), queue_(std::move(queue)) {}

    ~RdKafkaPartitionQueue() override {
        rd_kafka_queue_io_event_enable(queue_.get(), -1, nullptr, 0);
    }
    RdKafkaPartitionQueue(const RdKafkaPartitionQueue&) = delete;
    RdKafkaPartitionQueue& operator=(const RdKafkaPartitionQueue&) = delete;

    std::unique_ptr<Chunk> make_chunk() override { return std::make_unique<NativeChunk>(topic_); }

    std::optional<std::string> drain(Chunk& chunk, std::size_t max) override {
        auto& native = static_cast<NativeChunk&>(chunk);
        std::array<rd_kafka_message_t*, 512> records{};
        while (native.messages().size() < max) {
            const std::size_t room = std::min(max - native.messages().size(), records.size());
            const ssize_t count =
                rd_kafka_consume_batch_queue(queue_.get(), 0, records.data(), room);
            if (count <= 0) {
                return std::nullopt;
            }
            if (auto error = take(native, {records.data(), static_cast<std::size_t>(count)})) {
                return error;
            }
            if (static_cast<std::size_t>(count) < room) {
                return std::nullopt;
            }
        }
        return std::nullopt;
    }

private:
    static std::optional<std::string> take(
        NativeChunk& chunk, std::span<rd_kafka_message_t* const> records
    ) {
        std::optional<std::string> error;
        for (rd_kafka_message_t* record : records) {
            if (record->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
                chunk.add(record);
                continue;
            }
            if (record->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
                error = rd_kafka_message_errstr(record);
            }
            rd_kafka_message_destroy(record);
        }
        return error;
    }

    const std::string topic_;
    const QueuePtr queue_;
};

}  // namespace

std::unique_ptr<PartitionQueue> make_partition_queue(QueuePtr queue, std::string topic) {
    return std::make_unique<RdKafkaPartitionQueue>(std::move(queue), std::move(topic));
}

}  // namespace carafe::kafka
