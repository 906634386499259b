// Producing: what a careful C programmer writes with librdkafka, and what Carafe's producer does,
// to the same topic with the same properties; all wait for every acknowledgement.
#include <librdkafka/rdkafka.h>

#include <algorithm>
#include <array>
#include <deque>
#include <future>
#include <stdexcept>
#include <vector>

#include "carafe/producer.h"
#include "kafka/properties.h"
#include "subject.h"

namespace carafe::bench {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPayloadBytes = 200;
constexpr std::int64_t kKeys = 1'000;
constexpr std::int64_t kCallRecords = 20'000;
constexpr std::chrono::seconds kPatience{60};

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string key_of(std::int64_t index) {
    return "key-" + std::to_string(index % kKeys);
}

void count_delivered(rd_kafka_t* /*client*/, const rd_kafka_message_t* message, void* opaque) {
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        ++*static_cast<std::int64_t*>(opaque);
    }
}

rd_kafka_t* make_raw_producer(const Job& job, std::int64_t* delivered) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    std::array<char, 256> error{};
    auto properties = kafka::producer_properties();
    properties["bootstrap.servers"] = job.brokers;
    properties.erase("log.queue");
    for (const auto& [name, value] : properties) {
        rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error.data(), error.size());
    }
    rd_kafka_conf_set_dr_msg_cb(conf, count_delivered);
    rd_kafka_conf_set_opaque(conf, delivered);
    rd_kafka_t* client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error.data(), error.size());
    if (client == nullptr) {
        throw std::runtime_error(error.data());
    }
    return client;
}

// The connection and the producer id are not what is measured.
void warm_up(Producer& producer, const Job& job) {
    if (!producer.produce_one({job.topic, "key-0", "", {}}, kPatience).error.empty()) {
        throw std::runtime_error("cannot produce");
    }
}

Outcome outcome(Clock::time_point start, std::int64_t acknowledged, const Job& job) {
    if (acknowledged != job.messages) {
        throw std::runtime_error("not every record was acknowledged");
    }
    return {seconds_since(start), static_cast<std::uint64_t>(acknowledged)};
}

}  // namespace

Outcome plain_produce(const Job& job) {
    std::int64_t delivered = 0;
    rd_kafka_t* client = make_raw_producer(job, &delivered);
    rd_kafka_topic_t* topic = rd_kafka_topic_new(client, job.topic.c_str(), nullptr);
    std::string payload(kPayloadBytes, 'x');
    const auto produce = [&](std::int64_t index) {
        const std::string key = key_of(index);
        while (rd_kafka_produce(
                   topic,
                   RD_KAFKA_PARTITION_UA,
                   RD_KAFKA_MSG_F_COPY,
                   payload.data(),
                   payload.size(),
                   key.data(),
                   key.size(),
                   nullptr
               ) != 0) {
            rd_kafka_poll(client, 1);  // the queue is full
        }
        rd_kafka_poll(client, 0);
    };
    produce(0);
    rd_kafka_flush(client, static_cast<int>(std::chrono::milliseconds(kPatience).count()));
    delivered = 0;
    const auto start = Clock::now();
    for (std::int64_t index = 0; index < job.messages; ++index) {
        produce(index);
    }
    rd_kafka_flush(client, static_cast<int>(std::chrono::milliseconds(kPatience).count()));
    const Outcome made = outcome(start, delivered, job);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(client);
    return made;
}

Outcome carafe_produce_many(const Job& job) {
    const auto producer = make_producer({{"bootstrap.servers", job.brokers}});
    warm_up(*producer, job);
    std::vector<Record> records;
    for (std::int64_t index = 0; index < kCallRecords; ++index) {
        records.push_back({job.topic, key_of(index), std::string(kPayloadBytes, 'x'), {}});
    }
    std::int64_t acknowledged = 0;
    const auto start = Clock::now();
    while (acknowledged < job.messages) {
        const auto left = static_cast<std::size_t>(job.messages - acknowledged);
        records.resize(std::min(records.size(), left));
        for (const DeliveryReport& report : producer->produce(records, kPatience)) {
            acknowledged += report.error.empty() ? 1 : 0;
        }
    }
    return outcome(start, acknowledged, job);
}

Outcome carafe_produce_async(const Job& job) {
    const auto producer = make_producer({{"bootstrap.servers", job.brokers}});
    warm_up(*producer, job);
    std::deque<std::future<DeliveryReport>> futures;
    Record record{job.topic, "", std::string(kPayloadBytes, 'x'), {}};
    std::int64_t acknowledged = 0;
    const auto harvest = [&] {
        acknowledged += futures.front().get().error.empty() ? 1 : 0;
        futures.pop_front();
    };
    const auto start = Clock::now();
    for (std::int64_t index = 0; index < job.messages; ++index) {
        record.key = key_of(index);
        futures.push_back(producer->produce_async(record, kPatience));
        while (futures.size() > static_cast<std::size_t>(kCallRecords)) {
            harvest();
        }
    }
    while (!futures.empty()) {
        harvest();
    }
    return outcome(start, acknowledged, job);
}

}  // namespace carafe::bench
