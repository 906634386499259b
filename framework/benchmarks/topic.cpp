#include "topic.h"

#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <vector>

#include "carafe/producer.h"

namespace carafe::bench {

namespace {

constexpr std::size_t kRecordsAtOnce = 20'000;
constexpr int kKeys = 1'000;
constexpr std::chrono::seconds kPatience{60};

void fill(const Job& job, std::size_t size) {
    const auto producer = make_producer({{"bootstrap.servers", job.brokers}});
    std::vector<Record> records;
    for (std::int64_t index = 0; index < job.messages; ++index) {
        const std::string key = "key-" + std::to_string(index % kKeys);
        records.push_back({job.topic, key, std::string(size, 'x'), {}});
        if (records.size() < kRecordsAtOnce && index + 1 < job.messages) {
            continue;
        }
        for (const auto& report : producer->produce(records, kPatience)) {
            if (!report.error.empty()) {
                throw std::runtime_error("produce: " + report.error);
            }
        }
        records.clear();
        std::fprintf(
            stderr,
            "\rfilling %s: %lld of %lld",
            job.topic.c_str(),
            static_cast<long long>(index + 1),
            static_cast<long long>(job.messages)
        );
    }
    std::fprintf(stderr, "\n");
}

std::string new_name() {
    static int number = 0;
    return "carafe-bench-" + std::to_string(::getpid()) + "-" + std::to_string(++number);
}

}  // namespace

Topic::Topic(Job& job, std::size_t size)
    : name_(new_name()), admin_({{"bootstrap.servers", job.brokers}}) {
    job.topic = name_;
    TopicSettings topic;
    topic.name = name_;
    topic.partitions = job.partitions;
    admin_.create(topic);
    if (!admin_.wait_until_visible(name_, job.partitions)) {
        throw std::runtime_error("the topic has no leaders");
    }
    if (size > 0) {
        fill(job, size);
    }
}

Topic::~Topic() {
    admin_.remove(name_);
}

}  // namespace carafe::bench
