// What befalls the topics of a spec while it runs.
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <stdexcept>

#include "carafe/testing/eventually.h"
#include "carafe/testing/kafka_fixture.h"
#include "kafka/admin.h"

namespace carafe::testing {

namespace {

constexpr int kTimeoutMs = 10'000;

template <auto destroy>
struct Destroy {
    template <typename Handle>
    void operator()(Handle* handle) const {
        destroy(handle);
    }
};
using Connection = std::unique_ptr<rd_kafka_t, Destroy<rd_kafka_destroy>>;
using Queue = std::unique_ptr<rd_kafka_queue_t, Destroy<rd_kafka_queue_destroy>>;
using Event = std::unique_ptr<rd_kafka_event_t, Destroy<rd_kafka_event_destroy>>;
using Partitions = std::
    unique_ptr<rd_kafka_topic_partition_list_t, Destroy<rd_kafka_topic_partition_list_destroy>>;
using Deletion = std::unique_ptr<rd_kafka_DeleteRecords_t, Destroy<rd_kafka_DeleteRecords_destroy>>;

Connection connect(const std::string& brokers) {
    std::array<char, 512> reason{};
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", brokers.c_str(), reason.data(), reason.size());
    Connection client(rd_kafka_new(RD_KAFKA_PRODUCER, conf, reason.data(), reason.size()));
    if (!client) {
        rd_kafka_conf_destroy(conf);
        throw std::runtime_error(std::string("kafka client: ") + reason.data());
    }
    return client;
}

}  // namespace

void KafkaFixture::grow(const std::string& topic, int partitions) {
    kafka::Admin admin(properties());
    admin.grow(topic, partitions);
    if (!admin.wait_until_visible(topic, partitions)) {
        throw std::runtime_error("no leader for new partitions of " + topic);
    }
}

void KafkaFixture::set_config(
    const std::string& topic, const std::map<std::string, std::string>& config
) {
    kafka::Admin(properties()).set_config(topic, config);
}

void KafkaFixture::delete_records(
    const std::string& topic, std::int32_t partition, std::int64_t before
) {
    const Connection client = connect(brokers_);
    const Partitions list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = before;
    const Deletion deletion(rd_kafka_DeleteRecords_new(list.get()));
    rd_kafka_DeleteRecords_t* all = deletion.get();
    const Queue answers(rd_kafka_queue_new(client.get()));
    rd_kafka_DeleteRecords(client.get(), &all, 1, nullptr, answers.get());
    const Event answer(rd_kafka_queue_poll(answers.get(), kTimeoutMs));
    if (!answer || rd_kafka_event_error(answer.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
        throw std::runtime_error("records of " + topic + " were not deleted");
    }
}

void KafkaFixture::remove_topic(const std::string& topic) {
    const kafka::Admin reader(properties());
    kafka::Admin(properties()).remove(topic);
    if (!eventually([&] { return reader.topics().count(topic) == 0; })) {
        throw std::runtime_error("topic " + topic + " is still there");
    }
    std::erase(topics_, topic);
}

}  // namespace carafe::testing
