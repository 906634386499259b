#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>

#include "carafe/testing/eventually.h"
#include "support/engine_under_test.h"

namespace carafe {
namespace {

using namespace std::chrono_literals;
using testing::eventually;

// A client that stays outside its group, as librdkafka has been seen to after a broker's pause.
class OutsideClient final : public kafka::ConsumerClient {
public:
    void subscribe(const std::vector<std::string>& /*topics*/) override {}
    void poll(Listener& /*listener*/, std::chrono::milliseconds timeout) override {
        std::unique_lock lock(mutex_);
        woken_.wait_for(lock, timeout);
    }
    void wake() override { woken_.notify_all(); }
    bool is_member() override { return false; }
    std::optional<std::vector<kafka::PartitionPosition>> start_positions(
        const std::vector<kafka::TopicPartition>& /*partitions*/, std::chrono::milliseconds
    ) override {
        return std::nullopt;
    }
    std::unique_ptr<kafka::PartitionQueue> open_queue(
        const kafka::TopicPartition& /*partition*/, std::uint32_t /*token*/
    ) override {
        return nullptr;
    }
    std::optional<std::string> assign(const std::vector<kafka::PartitionPosition>&) override {
        return std::nullopt;
    }
    std::optional<std::string> unassign(const std::vector<kafka::TopicPartition>&) override {
        return std::nullopt;
    }
    void store_offsets(const std::vector<kafka::PartitionPosition>& /*positions*/) override {}
    void commit_async(const kafka::PartitionPosition&, std::uint64_t /*request*/) override {}
    kafka::CommitResult commit(
        const std::vector<kafka::PartitionPosition>&, std::chrono::milliseconds
    ) override {
        return kafka::CommitResult::kUnavailable;
    }
    bool close(Listener& /*listener*/, std::chrono::milliseconds /*timeout*/) override {
        return true;
    }

private:
    std::mutex mutex_;
    std::condition_variable woken_;
};

class CountingConsumer final : public Consumer {
public:
    explicit CountingConsumer(std::atomic<int>& count) : count_(count) {}
    void consume(const Batch& batch) override { count_ += static_cast<int>(batch.size()); }

private:
    std::atomic<int>& count_;
};

TEST(Rejoining, a_client_that_stays_outside_the_group_is_replaced) {
    testing::KafkaFixture kafka;
    const std::string topic = kafka.create_topic("outside", 1);
    kafka.produce({{topic, "a", "1", {}}});
    std::atomic<int> count{0};
    std::atomic<int> clients{0};
    const auto producer = make_producer(kafka.properties());
    processing::Route route;
    route.topic = topic;
    route.consumer = {[&] { return std::make_unique<CountingConsumer>(count); }, false};
    route.delivery = [&](const processing::PartitionId& id, BaseConsumer& consumer) {
        return std::make_unique<processing::AtLeastOnceDelivery>(id.group, consumer, *producer);
    };
    processing::Group::Options group;
    group.id = kafka.group("outside");
    group.routes.push_back(route);
    group.rejoin_timeout = 1s;
    processing::EngineListeners listeners;
    processing::Worker worker(
        {2, {}},
        {group},
        [&](const std::string& id) -> std::unique_ptr<kafka::ConsumerClient> {
            if (++clients == 1) {
                return std::make_unique<OutsideClient>();
            }
            return kafka::make_consumer_client(id, kafka.properties());
        },
        listeners
    );
    worker.start();
    EXPECT_FALSE(worker.status().front().second.joined);
    ASSERT_TRUE(eventually([&] { return count == 1; }, 30s));
    EXPECT_TRUE(worker.status().front().second.joined);
    EXPECT_EQ(clients, 2);
    ASSERT_TRUE(worker.stop(5s));
}

}  // namespace
}  // namespace carafe
