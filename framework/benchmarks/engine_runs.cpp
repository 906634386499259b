#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "carafe/consumers.h"
#include "kafka/rdkafka_consumer_client.h"
#include "processing/at_least_once_delivery.h"
#include "processing/worker.h"
#include "subject.h"

namespace carafe::bench {

namespace {

using Clock = std::chrono::steady_clock;

// Where all consumer instances of a run meet.
class Tally {
public:
    explicit Tally(std::int64_t wanted) : wanted_(wanted) {}

    void add(std::int64_t count, std::uint64_t sum) {
        if (read_.load(std::memory_order_relaxed) == 0) {
            begin();
        }
        sum_.fetch_add(sum, std::memory_order_relaxed);
        if (read_.fetch_add(count, std::memory_order_relaxed) + count >= wanted_) {
            const std::lock_guard lock(mutex_);
            end_ = Clock::now();
            complete_ = true;
            done_.notify_all();
        }
    }

    Outcome wait() {
        std::unique_lock lock(mutex_);
        done_.wait(lock, [this] { return complete_; });
        return {std::chrono::duration<double>(end_ - begin_).count(), sum_};
    }

private:
    void begin() {
        const std::lock_guard lock(mutex_);
        if (begin_ == Clock::time_point{}) {
            begin_ = Clock::now();
        }
    }

    const std::int64_t wanted_;
    std::atomic<std::int64_t> read_{0};
    std::atomic<std::uint64_t> sum_{0};
    std::mutex mutex_;
    std::condition_variable done_;
    bool complete_ = false;
    Clock::time_point begin_{};
    Clock::time_point end_{};
};

class NoOpConsumer final : public Consumer {
public:
    explicit NoOpConsumer(Tally& tally) : tally_(tally) {}
    void consume(const Batch& batch) override {
        std::uint64_t sum = 0;
        for (const Message& message : batch) {
            sum += checksum(*message.payload());
        }
        tally_.add(static_cast<std::int64_t>(batch.size()), sum);
    }

private:
    Tally& tally_;
};

Outcome run(const Job& job, std::size_t max_messages) {
    Tally tally(job.messages);
    processing::Route route;
    route.topic = job.topic;
    route.policy.max_messages = max_messages;
    route.consumer = {[&tally] { return std::make_unique<NoOpConsumer>(tally); }, false};
    const auto producer = make_producer({{"bootstrap.servers", job.brokers}});
    route.delivery = [&producer](const processing::PartitionId& id, BaseConsumer& consumer) {
        return std::make_unique<processing::AtLeastOnceDelivery>(id.group, consumer, *producer);
    };
    processing::EngineListeners listeners;
    processing::Worker worker(
        {2, {}},
        {processing::Group::Options{job.group, {route}, true}},
        [&job](const std::string& group) {
            return kafka::make_consumer_client(group, consumer_properties(job));
        },
        listeners
    );
    worker.start();
    const Outcome outcome = tally.wait();
    worker.stop(std::chrono::seconds(5));
    return outcome;
}

}  // namespace

Outcome engine_per_batch(const Job& job) {
    return run(job, 500);
}
Outcome engine_per_message(const Job& job) {
    return run(job, 1);
}

}  // namespace carafe::bench
