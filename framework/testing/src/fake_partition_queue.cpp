#include "fake_partition_queue.h"

#include <utility>

namespace carafe::testing {

namespace {

using kafka::TopicPartition;

class FakeChunk final : public kafka::Chunk, private MessageSource {
public:
    [[nodiscard]] std::span<const Message> messages() const override { return messages_; }

    void clear() override {
        messages_.clear();
        records_.clear();
    }

    void add(
        std::shared_ptr<const FakeRecord> record,
        const TopicPartition& partition,
        std::int64_t offset
    ) {
        const FakeRecord& kept = *records_.emplace_back(std::move(record));
        messages_.emplace_back(Message::Fields{
            .topic = kept.record.topic,
            .partition = partition.partition,
            .offset = offset,
            .key = kept.record.key,
            .payload = kept.record.payload,
            .attempt = 1,
            .source = this,
            .record = &kept,
        });
    }

private:
    std::chrono::system_clock::time_point timestamp(const void* record) const override {
        return static_cast<const FakeRecord*>(record)->timestamp;
    }
    std::vector<Header> headers(const void* record) const override {
        std::vector<Header> all;
        for (const auto& [name, value] : static_cast<const FakeRecord*>(record)->record.headers) {
            all.push_back({name, value});
        }
        return all;
    }

    std::vector<std::shared_ptr<const FakeRecord>> records_;
    std::vector<Message> messages_;
};

class FakeQueue final : public kafka::PartitionQueue {
public:
    FakeQueue(std::shared_ptr<FakeCluster> cluster, std::shared_ptr<FakeReading> reading)
        : cluster_(std::move(cluster)), reading_(std::move(reading)) {}

    std::unique_ptr<kafka::Chunk> make_chunk() override { return std::make_unique<FakeChunk>(); }

    std::optional<std::string> drain(kafka::Chunk& chunk, std::size_t max) override {
        auto& fake = static_cast<FakeChunk&>(chunk);
        const std::lock_guard lock(cluster_->mutex);
        const FakeLog* log = cluster_->log_of(reading_->partition);
        if (cluster_->is_away || !reading_->is_assigned || reading_->is_broken || log == nullptr) {
            return std::nullopt;
        }
        if (reading_->position < log->begin || reading_->position > log->end()) {
            reading_->is_broken = true;
            return "offset " + std::to_string(reading_->position) + " is out of range";
        }
        while (fake.messages().size() < max && reading_->position < log->end()) {
            const auto index = static_cast<std::size_t>(reading_->position - log->begin);
            fake.add(log->records[index], reading_->partition, reading_->position);
            ++reading_->position;
        }
        return std::nullopt;
    }

private:
    const std::shared_ptr<FakeCluster> cluster_;
    const std::shared_ptr<FakeReading> reading_;
};

}  // namespace

std::unique_ptr<kafka::PartitionQueue> make_fake_partition_queue(
    std::shared_ptr<FakeCluster> cluster, std::shared_ptr<FakeReading> reading
) {
    return std::make_unique<FakeQueue>(std::move(cluster), std::move(reading));
}

}  // namespace carafe::testing
