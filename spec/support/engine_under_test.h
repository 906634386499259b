#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "carafe/consumers.h"
#include "carafe/testing/kafka_fixture.h"
#include "kafka/rdkafka_consumer_client.h"
#include "processing/at_least_once_delivery.h"
#include "processing/worker.h"

namespace carafe::spec {

// What consumers of a spec have seen, from any thread.
class Ledger {
public:
    void add(const Message& message) {
        const std::lock_guard lock(mutex_);
        entries_.emplace_back(message.partition(), std::string(message.payload().value_or("")));
        if (!places_.emplace(message.partition(), message.offset()).second) {
            repeated_.push_back(
                std::to_string(message.partition()) + "@" + std::to_string(message.offset())
            );
        }
    }
    [[nodiscard]] std::vector<std::string> payloads() const {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> all;
        for (const auto& [partition, payload] : entries_) {
            all.push_back(payload);
        }
        return all;
    }
    [[nodiscard]] std::vector<std::string> of_partition(std::int32_t partition) const {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> some;
        for (const auto& [known, payload] : entries_) {
            if (known == partition) {
                some.push_back(payload);
            }
        }
        return some;
    }
    [[nodiscard]] std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return entries_.size();
    }
    // Records seen more than once, as partition@offset.
    [[nodiscard]] std::vector<std::string> repeated() const {
        const std::lock_guard lock(mutex_);
        return repeated_;
    }

private:
    std::set<std::pair<std::int32_t, std::int64_t>> places_;
    std::vector<std::string> repeated_;
    mutable std::mutex mutex_;
    std::vector<std::pair<std::int32_t, std::string>> entries_;
};

// Writes down what it gets.
class LedgerConsumer final : public Consumer {
public:
    explicit LedgerConsumer(Ledger& ledger) : ledger_(ledger) {}
    void consume(const Batch& batch) override {
        for (const Message& message : batch) {
            ledger_.add(message);
        }
    }

private:
    Ledger& ledger_;
};

// A worker with one route on the real broker; at_least_once unless a delivery is given.
class EngineUnderTest {
public:
    struct Options {
        std::string group;
        std::string topic;
        std::string dead_letter_topic;
        processing::PartitionCore::Policy policy;
        Consumers::Entry consumer;
        processing::DeliveryFactory delivery;
        std::vector<processing::Classifier> classifiers;
        std::size_t threads = 4;
        std::size_t lanes = 0;
        std::chrono::milliseconds tick{};
        processing::Admission::Policy admission;
        bool paused = false;
        std::vector<std::string> also;  // topics of plain routes of the same consumer
        std::map<std::string, std::string> properties;
        processing::AttemptStore* attempts = nullptr;
        processing::CrashJournal* journal = nullptr;
    };

    EngineUnderTest(const testing::KafkaFixture& kafka, const Options& options)
        : producer_(make_producer(kafka.properties())) {
        processing::Route route;
        route.topic = options.topic;
        route.policy = options.policy;
        route.policy.retry.has_dead_letter_topic = !options.dead_letter_topic.empty();
        route.lanes = options.lanes;
        route.dead_letter_topic = options.dead_letter_topic;
        route.consumer = options.consumer;
        route.delivery = options.delivery ? options.delivery : at_least_once();
        route.tick = options.tick;
        route.admission = options.admission;
        route.paused = options.paused;
        route.tools.producer = producer_.get();
        processing::Group::Options group;
        group.id = options.group;
        group.routes.push_back(route);
        route.admission = {};
        route.paused = false;
        for (const std::string& topic : options.also) {
            route.topic = topic;
            group.routes.push_back(route);
        }
        const auto properties = kafka::merged(kafka.properties(), options.properties);
        worker_ = std::make_unique<processing::Worker>(
            processing::Worker::Options{
                options.threads, options.classifiers, options.attempts, options.journal},
            std::vector{group},
            [properties](const std::string& id) {
                return kafka::make_consumer_client(id, properties);
            },
            listeners_
        );
    }

    processing::EngineListeners& listeners() { return listeners_; }
    processing::Worker& worker() { return *worker_; }
    [[nodiscard]] std::size_t assigned() const { return worker_->status().front().second.assigned; }

private:
    processing::DeliveryFactory at_least_once() {
        return [this](const processing::PartitionId& id, BaseConsumer& consumer) {
            return std::make_unique<processing::AtLeastOnceDelivery>(
                id.group, consumer, *producer_
            );
        };
    }

    std::unique_ptr<Producer> producer_;
    processing::EngineListeners listeners_;
    std::unique_ptr<processing::Worker> worker_;
};

}  // namespace carafe::spec
