// What the fake broker can do that no spec could make a real one do.
#include <gtest/gtest.h>

#include <mutex>
#include <set>

#include "carafe/testing/eventually.h"
#include "carafe/testing/fake_broker.h"
#include "contract/kafka/group_member.h"
#include "processing/at_least_once_delivery.h"
#include "processing/worker.h"

namespace carafe::testing {
namespace {

using namespace std::chrono_literals;
using spec::GroupMember;

TEST(FakeBroker, throws_members_out_and_lets_them_come_back) {
    FakeBroker broker;
    broker.create_topic("t", 1);
    GroupMember member(broker.join("g"), "t");
    ASSERT_TRUE(member.poll_until([&] { return member.held.size() == 1; }));
    broker.expel("g");
    EXPECT_EQ(member.client->commit({{{"t", 0}, {1}}}, 1s), kafka::CommitResult::kNotAMember);
    ASSERT_TRUE(member.poll_until([&] { return member.was_lost; }));
    EXPECT_TRUE(member.poll_until([&] { return member.held.size() == 1; }));
    EXPECT_EQ(member.client->commit({{{"t", 0}, {1}}}, 1s), kafka::CommitResult::kCommitted);
}

TEST(FakeBroker, gives_nothing_while_it_is_away) {
    FakeBroker broker;
    broker.create_topic("t", 1);
    broker.connect()->produce({{"t", "k", "1", {}}}, 1s);
    GroupMember member(broker.join("g"), "t");
    ASSERT_TRUE(member.poll_until([&] { return member.held.size() == 1; }));
    broker.set_away(true);
    const auto chunk = member.queues.at(0)->make_chunk();
    EXPECT_EQ(member.queues.at(0)->drain(*chunk, 1), std::nullopt);
    EXPECT_TRUE(chunk->messages().empty());
    EXPECT_EQ(member.client->commit({{{"t", 0}, {1}}}, 1s), kafka::CommitResult::kUnavailable);
    EXPECT_EQ(member.client->start_positions({{"t", 0}}, 1s), std::nullopt);
    broker.set_away(false);
    EXPECT_EQ(member.drain(0, 1), std::vector<std::string>{"1"});
}

TEST(FakeBroker, forgets_what_retention_takes) {
    FakeBroker broker;
    broker.create_topic("t", 1);
    broker.connect()->produce({{"t", "k", "0", {}}, {"t", "k", "1", {}}}, 1s);
    broker.trim("t", 0, 1);
    GroupMember member(broker.join("g"), "t");
    ASSERT_TRUE(member.poll_until([&] { return member.held.size() == 1; }));
    EXPECT_EQ(member.positions[0].offset, 1);
    member.restart({"t", 0}, 0);
    EXPECT_TRUE(member.drain(0, 1).empty());
    EXPECT_TRUE(member.last_error.has_value());
}

// How many records were handled, each counted once: whoever is thrown out sees some again.
class Handled {
public:
    void add(const Message& message) {
        const std::lock_guard lock(mutex_);
        places_.emplace(message.partition(), message.offset());
    }
    [[nodiscard]] std::size_t count() const {
        const std::lock_guard lock(mutex_);
        return places_.size();
    }

private:
    mutable std::mutex mutex_;
    std::set<std::pair<std::int32_t, std::int64_t>> places_;
};

class Collector final : public Consumer {
public:
    explicit Collector(Handled& handled) : handled_(handled) {}
    void consume(const Batch& batch) override {
        for (const Message& message : batch) {
            handled_.add(message);
        }
    }

private:
    Handled& handled_;
};

// The engine as it is, with workers that come and go, and no broker.
TEST(FakeBroker, carries_whole_workers_through_rebalances_and_expulsions) {
    FakeBroker broker;
    broker.create_topic("t", 4);
    const auto producer = broker.connect();
    Handled handled;
    processing::EngineListeners listeners;
    const auto make_worker = [&] {
        processing::Route route;
        route.topic = "t";
        route.consumer.make = [&handled] { return std::make_unique<Collector>(handled); };
        route.delivery = [&](const processing::PartitionId& id, BaseConsumer& consumer) {
            return std::make_unique<processing::AtLeastOnceDelivery>(id.group, consumer, *producer);
        };
        processing::Group::Options group;
        group.id = "g";
        group.routes.push_back(route);
        auto worker = std::make_unique<processing::Worker>(
            processing::Worker::Options{2, {}, nullptr, nullptr},
            std::vector{group},
            [&broker](const std::string& id) { return broker.join(id); },
            listeners
        );
        worker->start();
        return worker;
    };
    const auto produce = [&](int records) {
        for (int number = 0; number < records; ++number) {
            producer->produce({{"t", std::to_string(number), "x", {}}}, 1s);
        }
    };
    const auto first = make_worker();
    produce(100);
    ASSERT_TRUE(eventually([&] { return handled.count() == 100; }));
    {
        const auto second = make_worker();
        ASSERT_TRUE(eventually([&] { return second->status().front().second.assigned == 2; }));
        produce(100);
        ASSERT_TRUE(eventually([&] { return handled.count() == 200; }));
        EXPECT_TRUE(second->stop(5s));
    }
    ASSERT_TRUE(eventually([&] { return first->status().front().second.assigned == 4; }));
    broker.expel("g");
    produce(100);
    EXPECT_TRUE(eventually([&] { return handled.count() == 300; }));
    EXPECT_TRUE(first->stop(5s));
    std::int64_t committed = 0;
    for (const std::int32_t partition : {0, 1, 2, 3}) {
        committed += broker.committed("g", "t", partition).value_or(0);
    }
    EXPECT_EQ(committed, 300);
}

}  // namespace
}  // namespace carafe::testing
