// The baselines: what a careful C programmer writes with librdkafka, nothing of ours.
#include <librdkafka/rdkafka.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <vector>

#include "subject.h"

namespace carafe::bench {

namespace {

using Clock = std::chrono::steady_clock;

rd_kafka_t* make_consumer(const Job& job) {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    std::array<char, 256> error{};
    for (const auto& [name, value] : consumer_properties(job)) {
        rd_kafka_conf_set(conf, name.c_str(), value.c_str(), error.data(), error.size());
    }
    rd_kafka_t* client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error.data(), error.size());
    if (client == nullptr) {
        throw std::runtime_error(error.data());
    }
    rd_kafka_poll_set_consumer(client);
    return client;
}

rd_kafka_topic_partition_list_t* all_partitions(const Job& job) {
    rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(job.partitions);
    for (int partition = 0; partition < job.partitions; ++partition) {
        rd_kafka_topic_partition_list_add(list, job.topic.c_str(), partition)->offset = 0;
    }
    return list;
}

struct Progress {
    std::int64_t read = 0;
    std::uint64_t sum = 0;
    Clock::time_point first{};

    void take(rd_kafka_message_t* message) {
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            if (read++ == 0) {
                first = Clock::now();
            }
            sum += checksum({static_cast<const char*>(message->payload), message->len});
        }
        rd_kafka_message_destroy(message);
    }
    [[nodiscard]] Outcome outcome() const {
        return {std::chrono::duration<double>(Clock::now() - first).count(), sum};
    }
};

}  // namespace

Outcome plain_loop(const Job& job) {
    rd_kafka_t* client = make_consumer(job);
    rd_kafka_topic_partition_list_t* list = all_partitions(job);
    rd_kafka_assign(client, list);
    rd_kafka_queue_t* queue = rd_kafka_queue_get_consumer(client);
    std::array<rd_kafka_message_t*, 500> batch{};
    Progress progress;
    while (progress.read < job.messages) {
        const ssize_t count = rd_kafka_consume_batch_queue(queue, 100, batch.data(), batch.size());
        for (ssize_t index = 0; index < count; ++index) {
            progress.take(batch[static_cast<std::size_t>(index)]);
        }
    }
    const Outcome outcome = progress.outcome();
    rd_kafka_queue_destroy(queue);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(client);
    return outcome;
}

Outcome partition_queue_loop(const Job& job) {
    rd_kafka_t* client = make_consumer(job);
    std::vector<rd_kafka_queue_t*> queues;
    for (int partition = 0; partition < job.partitions; ++partition) {
        queues.push_back(rd_kafka_queue_get_partition(client, job.topic.c_str(), partition));
        rd_kafka_queue_forward(queues.back(), nullptr);
    }
    rd_kafka_topic_partition_list_t* list = all_partitions(job);
    rd_kafka_assign(client, list);
    std::array<rd_kafka_message_t*, 500> batch{};
    Progress progress;
    while (progress.read < job.messages) {
        ssize_t total = 0;
        for (rd_kafka_queue_t* queue : queues) {
            const ssize_t count =
                rd_kafka_consume_batch_queue(queue, 0, batch.data(), batch.size());
            total += count;
            for (ssize_t index = 0; index < count; ++index) {
                progress.take(batch[static_cast<std::size_t>(index)]);
            }
        }
        if (total == 0) {
            rd_kafka_consume_batch_queue(queues.front(), 1, batch.data(), 0);
        }
    }
    const Outcome outcome = progress.outcome();
    for (rd_kafka_queue_t* queue : queues) {
        rd_kafka_queue_destroy(queue);
    }
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_destroy(client);
    return outcome;
}

}  // namespace carafe::bench
