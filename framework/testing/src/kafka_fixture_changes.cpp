// What befalls the topics of a spec while it runs.
#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>

#include "carafe/testing/eventually.h"
#include "carafe/testing/kafka_fixture.h"
#include "kafka/admin.h"
#include "kafka/admin_client.h"

namespace carafe::testing {

namespace {

constexpr std::chrono::seconds kTimeout{10};

using Deletion =
    std::unique_ptr<rd_kafka_DeleteRecords_t, kafka::Destroy<rd_kafka_DeleteRecords_destroy>>;

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
    const kafka::PartitionsPtr list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = before;
    const Deletion deletion(rd_kafka_DeleteRecords_new(list.get()));
    const kafka::AdminClient client(properties(), kTimeout);
    const auto answer = client.ask([&](auto* asked, auto* options, auto* answers) {
        rd_kafka_DeleteRecords_t* all = deletion.get();
        rd_kafka_DeleteRecords(asked, &all, 1, options, answers);
    });
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
