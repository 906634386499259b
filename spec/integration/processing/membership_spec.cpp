// Who belongs to a group: KIP-848, and static members.
#include <gtest/gtest.h>

#include <atomic>

#include "carafe/testing/eventually.h"
#include "support/engine_under_test.h"

namespace carafe {
namespace {

using namespace std::chrono_literals;
using spec::EngineUnderTest;
using spec::Ledger;
using spec::LedgerConsumer;
using testing::eventually;

class Handovers final : public processing::EngineListener {
public:
    void on_assigned(const processing::PartitionId&, std::int64_t) override { ++assigned; }
    void on_revoked(const processing::PartitionId&, bool) override { ++revoked; }
    std::atomic<int> assigned{0};
    std::atomic<int> revoked{0};
};

class Membership : public ::testing::Test {
protected:
    EngineUnderTest::Options options(
        Ledger& ledger, const std::string& topic, std::map<std::string, std::string> properties
    ) {
        EngineUnderTest::Options made;
        made.group = kafka.group("members");
        made.topic = topic;
        made.consumer = {[&ledger] { return std::make_unique<LedgerConsumer>(ledger); }, false};
        made.properties = std::move(properties);
        return made;
    }

    std::vector<Record> numbered(const std::string& topic, int from, int count) {
        std::vector<Record> records;
        for (int number = from; number < from + count; ++number) {
            records.push_back({topic, "key-" + std::to_string(number), std::to_string(number), {}});
        }
        return records;
    }

    testing::KafkaFixture kafka;
};

TEST_F(Membership, with_kip_848_a_second_member_takes_partitions_over_and_nothing_is_lost) {
    const std::string topic = kafka.create_topic("kip848", 6);
    Ledger ledger;
    const auto made = options(ledger, topic, {{"group.protocol", "consumer"}});
    EngineUnderTest first(kafka, made);
    first.worker().start();
    kafka.produce(numbered(topic, 0, 600));
    ASSERT_TRUE(eventually([&] { return ledger.size() >= 600; }, 30s));
    EngineUnderTest second(kafka, made);
    second.worker().start();
    ASSERT_TRUE(eventually([&] { return second.assigned() == 3 && first.assigned() == 3; }, 30s));
    kafka.produce(numbered(topic, 600, 600));
    ASSERT_TRUE(eventually([&] { return ledger.size() >= 1'200; }, 30s));
    ASSERT_TRUE(first.worker().stop(5s));
    ASSERT_TRUE(eventually([&] { return second.assigned() == 6; }, 30s));
    kafka.produce(numbered(topic, 1'200, 600));
    ASSERT_TRUE(eventually([&] { return ledger.size() >= 1'800; }, 30s));
    ASSERT_TRUE(second.worker().stop(5s));
    EXPECT_EQ(ledger.repeated(), std::vector<std::string>());
}

TEST_F(Membership, of_a_static_member_outlasts_its_restart_and_moves_no_partition) {
    const std::string topic = kafka.create_topic("static", 4);
    Ledger ledger;
    const auto stays = options(ledger, topic, {{"group.instance.id", "host-0"}});
    auto restarts = stays;
    restarts.properties = {{"group.instance.id", "host-1"}};
    EngineUnderTest first(kafka, stays);
    Handovers handovers;
    first.listeners().add(handovers);
    first.worker().start();
    auto second = std::make_unique<EngineUnderTest>(kafka, restarts);
    second->worker().start();
    ASSERT_TRUE(eventually([&] { return first.assigned() == 2 && second->assigned() == 2; }, 30s));
    const int assigned = handovers.assigned;
    const int revoked = handovers.revoked;
    ASSERT_TRUE(second->worker().stop(5s));
    second = std::make_unique<EngineUnderTest>(kafka, restarts);
    second->worker().start();
    kafka.produce(numbered(topic, 0, 400));
    ASSERT_TRUE(eventually([&] { return ledger.size() >= 400; }, 30s));
    EXPECT_EQ(handovers.assigned, assigned);
    EXPECT_EQ(handovers.revoked, revoked);
    EXPECT_EQ(second->assigned(), 2U);
    ASSERT_TRUE(second->worker().stop(5s));
    ASSERT_TRUE(first.worker().stop(5s));
    EXPECT_EQ(ledger.repeated(), std::vector<std::string>());
}

}  // namespace
}  // namespace carafe
