#include "carafe/testing/kafka_fixture.h"

#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <stdexcept>

#include "kafka/client_config.h"
#include "kafka/message_view.h"

namespace carafe::testing {

namespace {

constexpr int kTimeoutMs = 10'000;

std::string brokers_from_environment() {
    const char* brokers = std::getenv("KAFKA_BROKERS");
    if (brokers == nullptr) {
        throw std::runtime_error("set KAFKA_BROKERS or run bin/test");
    }
    return brokers;
}

std::string unique_suffix() {
    static std::atomic<int> count{0};
    const auto now = std::chrono::system_clock::now().time_since_epoch().count();
    return std::to_string(::getpid()) + "-" + std::to_string(now) + "-" + std::to_string(++count);
}

}  // namespace

// The admin and reading side, on one client that never joins a group.
class KafkaFixture::Client {
public:
    explicit Client(const std::string& brokers)
        : client_(kafka::make_client(
              RD_KAFKA_CONSUMER,
              kafka::make_conf(kafka::merged(
                  kafka::common_properties(),
                  {{"bootstrap.servers", brokers},
                   {"group.id", "carafe-fixture"},
                   {"log.queue", "false"},
                   {"enable.auto.commit", "false"},
                   {"auto.offset.reset", "earliest"}}
              ))
          )) {}

    void create(const std::string& topic, int partitions) {
        std::array<char, 256> error{};
        rd_kafka_NewTopic_t* created =
            rd_kafka_NewTopic_new(topic.c_str(), partitions, 1, error.data(), error.size());
        rd_kafka_CreateTopics(client_.get(), &created, 1, nullptr, queue().get());
        rd_kafka_NewTopic_destroy(created);
        check(await(), "create " + topic);
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (!all_led(topic, partitions)) {
            if (std::chrono::steady_clock::now() > deadline) {
                throw std::runtime_error("no leader for " + topic);
            }
        }
    }

    void remove(const std::string& topic) {
        rd_kafka_DeleteTopic_t* removed = rd_kafka_DeleteTopic_new(topic.c_str());
        rd_kafka_DeleteTopics(client_.get(), &removed, 1, nullptr, queue().get());
        rd_kafka_DeleteTopic_destroy(removed);
        (void)await();
    }

    std::vector<StoredRecord> read(const std::string& topic) {
        std::vector<StoredRecord> records;
        for (int partition = 0; partition < partition_count(topic); ++partition) {
            read(topic, partition, records);
        }
        return records;
    }

    std::optional<std::int64_t> committed(
        const std::string& group, const std::string& topic, std::int32_t partition
    ) {
        const kafka::PartitionsPtr wanted = kafka::make_partitions(1);
        rd_kafka_topic_partition_list_add(wanted.get(), topic.c_str(), partition);
        rd_kafka_ListConsumerGroupOffsets_t* request =
            rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), wanted.get());
        rd_kafka_ListConsumerGroupOffsets(client_.get(), &request, 1, nullptr, queue().get());
        rd_kafka_ListConsumerGroupOffsets_destroy(request);
        const kafka::EventPtr event = await();
        check(event, "committed offsets of " + group);
        std::size_t count = 0;
        const auto* groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
            rd_kafka_event_ListConsumerGroupOffsets_result(event.get()), &count
        );
        const auto* list = rd_kafka_group_result_partitions(groups[0]);
        if (list == nullptr || list->cnt == 0 || list->elems[0].offset < 0) {
            return std::nullopt;
        }
        return list->elems[0].offset;
    }

private:
    kafka::QueuePtr& queue() {
        if (!queue_) {
            queue_.reset(rd_kafka_queue_new(client_.get()));
        }
        return queue_;
    }

    kafka::EventPtr await() {
        return kafka::EventPtr(rd_kafka_queue_poll(queue().get(), kTimeoutMs));
    }

    static void check(const kafka::EventPtr& event, const std::string& what) {
        if (!event) {
            throw std::runtime_error(what + ": no answer from the broker");
        }
        if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
            throw std::runtime_error(what + ": " + rd_kafka_event_error_string(event.get()));
        }
    }

    kafka::MetadataPtr metadata(const std::string& topic) {
        rd_kafka_topic_t* handle = rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr);
        const rd_kafka_metadata_t* raw = nullptr;
        rd_kafka_metadata(client_.get(), 0, handle, &raw, kTimeoutMs);
        rd_kafka_topic_destroy(handle);
        return kafka::MetadataPtr(raw);
    }

    int partition_count(const std::string& topic) {
        const kafka::MetadataPtr known = metadata(topic);
        return known && known->topic_cnt == 1 ? known->topics[0].partition_cnt : 0;
    }

    bool all_led(const std::string& topic, int partitions) {
        const kafka::MetadataPtr known = metadata(topic);
        if (!known || known->topic_cnt != 1 || known->topics[0].partition_cnt != partitions) {
            return false;
        }
        for (int index = 0; index < partitions; ++index) {
            if (known->topics[0].partitions[index].leader < 0) {
                return false;
            }
        }
        return true;
    }

    void read(const std::string& topic, int partition, std::vector<StoredRecord>& records) {
        std::int64_t low = 0;
        std::int64_t high = 0;
        rd_kafka_query_watermark_offsets(
            client_.get(), topic.c_str(), partition, &low, &high, kTimeoutMs
        );
        const kafka::PartitionsPtr one = kafka::make_partitions(1);
        rd_kafka_topic_partition_list_add(one.get(), topic.c_str(), partition)->offset = low;
        rd_kafka_assign(client_.get(), one.get());
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        for (std::int64_t next = low; next < high;) {
            if (std::chrono::steady_clock::now() > deadline) {
                throw std::runtime_error("cannot read " + topic + " to its end");
            }
            const kafka::MessagePtr message(rd_kafka_consumer_poll(client_.get(), 100));
            if (message && message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
                records.push_back(copy(kafka::view(*message, topic)));
                next = message->offset + 1;
            }
        }
        rd_kafka_assign(client_.get(), nullptr);
    }

    static StoredRecord copy(const Message& message) {
        StoredRecord record;
        record.partition = message.partition();
        record.offset = message.offset();
        record.key = message.key();
        record.payload = message.payload();
        for (const Header& header : message.headers()) {
            record.headers.emplace_back(header.name, header.value);
        }
        return record;
    }

    kafka::ClientPtr client_;
    kafka::QueuePtr queue_;
};

std::optional<std::string> StoredRecord::header(const std::string& name) const {
    for (const auto& [known, value] : headers) {
        if (known == name) {
            return value;
        }
    }
    return std::nullopt;
}

KafkaFixture::KafkaFixture()
    : brokers_(brokers_from_environment()),
      suffix_(unique_suffix()),
      client_(std::make_unique<Client>(brokers_)) {}

KafkaFixture::~KafkaFixture() {
    for (const std::string& topic : topics_) {
        client_->remove(topic);
    }
}

std::string KafkaFixture::create_topic(const std::string& name, int partitions) {
    std::string topic = topic_name(name);
    client_->create(topic, partitions);
    topics_.push_back(topic);
    return topic;
}

std::string KafkaFixture::topic_name(const std::string& name) const {
    return name + "-" + suffix_;
}

std::string KafkaFixture::group(const std::string& name) const {
    return name + "-" + suffix_;
}

std::map<std::string, std::string> KafkaFixture::properties() const {
    return {{"bootstrap.servers", brokers_}};
}

void KafkaFixture::produce(const std::vector<Record>& records) {
    const auto producer = make_producer(properties());
    for (const DeliveryReport& report : producer->produce(records, std::chrono::seconds(30))) {
        if (!report.error.empty()) {
            throw std::runtime_error("produce: " + report.error);
        }
    }
}

std::vector<StoredRecord> KafkaFixture::read_all(const std::string& topic) const {
    return client_->read(topic);
}

std::optional<std::int64_t> KafkaFixture::committed(
    const std::string& group, const std::string& topic, std::int32_t partition
) const {
    return client_->committed(group, topic, partition);
}

}  // namespace carafe::testing
