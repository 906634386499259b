#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "carafe/consumers.h"
#include "kafka/rdkafka_consumer_client.h"
#include "processing/at_least_once_delivery.h"
#include "processing/worker.h"
#include "subject.h"
#include "tally.h"

namespace carafe::bench {

namespace {

// Ends the run when a key's records overtake one another.
class KeyOrder {
public:
    void check(std::string_view key, std::int64_t offset) {
        const std::lock_guard lock(mutex_);
        std::int64_t& last = last_.try_emplace(std::string(key), -1).first->second;
        if (offset <= last) {
            std::fprintf(
                stderr,
                "key %s: %lld after %lld\n",
                std::string(key).c_str(),
                static_cast<long long>(offset),
                static_cast<long long>(last)
            );
            std::abort();
        }
        last = offset;
    }

private:
    std::mutex mutex_;
    std::map<std::string, std::int64_t> last_;
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

// Waits for each record, as for an answer of somebody else, and checks that each key comes in its
// order.
class WaitingConsumer final : public Consumer {
public:
    WaitingConsumer(Tally& tally, KeyOrder& order, std::chrono::microseconds wait)
        : tally_(tally), order_(order), wait_(wait) {}
    void consume(const Batch& batch) override {
        const auto began = std::chrono::steady_clock::now();
        for (const Message& message : batch) {
            order_.check(*message.key(), message.offset());
            std::this_thread::sleep_for(wait_);
        }
        const auto took = std::chrono::steady_clock::now() - began;
        tally_.add(
            static_cast<std::int64_t>(batch.size()),
            static_cast<std::uint64_t>(took / std::chrono::microseconds(1))
        );
    }

private:
    Tally& tally_;
    KeyOrder& order_;
    const std::chrono::microseconds wait_;
};

Outcome run(const Job& job, processing::Route route, std::size_t threads, Tally& tally) {
    route.topic = job.topic;
    const auto producer = make_producer({{"bootstrap.servers", job.brokers}});
    route.delivery = [&producer](const processing::PartitionId& id, BaseConsumer& consumer) {
        return std::make_unique<processing::AtLeastOnceDelivery>(id.group, consumer, *producer);
    };
    processing::EngineListeners listeners;
    processing::Worker worker(
        {threads, {}},
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

Outcome run_no_op(const Job& job, std::size_t max_messages, std::size_t lanes) {
    Tally tally(job.messages);
    processing::Route route;
    route.policy.max_messages = max_messages;
    route.lanes = lanes;
    route.consumer = {[&tally] { return std::make_unique<NoOpConsumer>(tally); }, false};
    return run(job, std::move(route), 2, tally);
}

}  // namespace

Outcome engine_per_batch(const Job& job) {
    return run_no_op(job, 500, 0);
}
Outcome engine_per_message(const Job& job) {
    return run_no_op(job, 1, 0);
}
Outcome engine_lanes(const Job& job) {
    return run_no_op(job, 500, 8);
}

Outcome engine_waiting_lanes(const Job& job) {
    // Of each partition: one that is left alone at the end has the use of all threads.
    constexpr std::size_t kLanes = kWaitingThreads;
    Tally tally(job.messages);
    KeyOrder order;
    processing::Route route;
    route.lanes = kLanes;
    route.consumer = {
        [&] { return std::make_unique<WaitingConsumer>(tally, order, job.wait); }, false};
    return run(job, std::move(route), kWaitingThreads, tally);
}

double waits_of_threads_alone(const Job& job) {
    constexpr std::chrono::seconds kTime{3};
    std::atomic<std::int64_t> waits{0};
    const auto began = std::chrono::steady_clock::now();
    {
        std::vector<std::jthread> threads;
        for (int count = 0; count < kWaitingThreads; ++count) {
            threads.emplace_back([&](const std::stop_token& stop) {
                while (!stop.stop_requested()) {
                    std::this_thread::sleep_for(job.wait);
                    ++waits;
                }
            });
        }
        std::this_thread::sleep_for(kTime);
        for (std::jthread& thread : threads) {
            thread.request_stop();  // all at once: one joins after the other
        }
    }
    const auto took = std::chrono::steady_clock::now() - began;  // till the last has waited
    return static_cast<double>(waits) / std::chrono::duration<double>(took).count();
}

}  // namespace carafe::bench
