#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "carafe/errors.h"
#include "carafe/postgres/pool.h"
#include "carafe/postgres/transactional_consumer.h"
#include "carafe/testing/eventually.h"
#include "carafe/testing/postgres_fixture.h"
#include "postgres/classifier.h"
#include "postgres/exactly_once_delivery.h"
#include "support/engine_under_test.h"

namespace carafe {
namespace {

using namespace std::chrono_literals;
using spec::EngineUnderTest;
using testing::eventually;

// One row per record, without any key that would refuse a second one: what is counted is real.
class InsertingConsumer final : public postgres::TransactionalConsumer {
public:
    void consume(const Batch& batch, pqxx::work& tx) override {
        for (const Message& message : batch) {
            if (message.payload() == "poison") {
                throw MessageError(message, "poisoned");
            }
            tx.exec_params(
                "INSERT INTO effects (place) VALUES ($1)",
                std::to_string(message.partition()) + "@" + std::to_string(message.offset())
            );
        }
    }
};

class OutageCounter final : public processing::EngineListener {
public:
    void on_failed(
        const processing::PartitionId& /*id*/,
        const Offsets& /*offsets*/,
        int /*attempt*/,
        const processing::Failure& failure
    ) override {
        count += failure.kind == processing::FailureKind::kSystemic ? 1 : 0;
    }

    std::atomic<int> count{0};
};

class ExactlyOnce : public ::testing::Test {
protected:
    ExactlyOnce() { database.execute("CREATE TABLE effects (place text NOT NULL)"); }

    EngineUnderTest::Options options(const std::string& topic) {
        EngineUnderTest::Options made;
        made.group = kafka.group("group");
        made.topic = topic;
        made.policy.retry.backoff_min = 10ms;
        made.policy.retry.backoff_max = 50ms;
        made.policy.max_messages = 100;
        made.policy.proves_membership = true;
        made.consumer = {[] { return std::make_unique<InsertingConsumer>(); }, true};
        made.delivery = postgres::exactly_once({pool, signal, "spec"});
        made.classifiers = {postgres::classify_postgres};
        return made;
    }

    std::vector<Record> records(const std::string& topic, int count) {
        std::vector<Record> made;
        for (int index = 0; index < count; ++index) {
            made.push_back({topic, "key-" + std::to_string(index), std::to_string(index), {}});
        }
        return made;
    }

    int effects() { return std::stoi(database.value("SELECT count(*) FROM effects")); }
    int distinct() {
        return std::stoi(database.value("SELECT count(DISTINCT place) FROM effects"));
    }

    testing::KafkaFixture kafka;
    testing::PostgresFixture database;
    postgres::Pool pool{database.settings(), database.schema()};  // a name of its own
    postgres::RelaySignal signal;
};

TEST_F(ExactlyOnce, every_record_has_its_effect_once_and_the_position_is_in_the_database) {
    const std::string topic = kafka.create_topic("numbers");
    kafka.produce(records(topic, 1000));
    EngineUnderTest engine(kafka, options(topic));
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return effects() >= 1000; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(effects(), 1000);
    EXPECT_EQ(database.value("SELECT sum(next_offset) FROM consumer_offsets"), "1000");
}

TEST_F(ExactlyOnce, the_database_decides_where_to_start_whatever_kafka_says) {
    const std::string topic = kafka.create_topic("rewound", 1);
    kafka.produce(records(topic, 50));
    const auto made = options(topic);
    database.execute(
        "INSERT INTO consumer_offsets (grp, topic, partition, epoch, next_offset, owner) VALUES "
        "('" +
        made.group + "', '" + topic + "', 0, 7, 20, 'earlier')"
    );
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return effects() >= 30; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(effects(), 30);
    EXPECT_EQ(database.value("SELECT epoch || ',' || next_offset FROM consumer_offsets"), "8,50");
}

TEST_F(ExactlyOnce, a_member_that_was_fenced_claims_again_and_doubles_nothing) {
    const std::string topic = kafka.create_topic("fenced", 1);
    kafka.produce(records(topic, 200));
    EngineUnderTest engine(kafka, options(topic));
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return effects() >= 200; }, 30s));
    for (int round = 1; round <= 3; ++round) {
        // As another owner would: the epoch moves on.
        database.execute("UPDATE consumer_offsets SET epoch = epoch + 1, owner = 'other'");
        kafka.produce(records(topic, 100));
        ASSERT_TRUE(eventually([&] { return effects() >= 200 + 100 * round; }, 30s));
    }
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(effects(), 500);
    EXPECT_EQ(distinct(), 500);
    EXPECT_EQ(database.value("SELECT next_offset FROM consumer_offsets"), "500");
}

TEST_F(ExactlyOnce, members_that_come_and_go_under_load_double_and_lose_nothing) {
    const std::string topic = kafka.create_topic("churn", 6);
    const auto made = options(topic);
    std::atomic<bool> producing{true};
    std::atomic<int> produced{0};
    std::jthread source([&] {
        const auto producer = make_producer(kafka.properties());
        while (producing) {
            producer->produce(records(topic, 30), 10s);
            produced += 30;
        }
    });
    EngineUnderTest steady(kafka, made);
    steady.worker().start();
    for (int round = 0; round < 3; ++round) {
        EngineUnderTest guest(kafka, made);
        guest.worker().start();
        ASSERT_TRUE(eventually([&] { return guest.assigned() == 3; }, 30s));
        ASSERT_TRUE(guest.worker().stop(5s));
        ASSERT_TRUE(eventually([&] { return steady.assigned() == 6; }, 30s));
    }
    producing = false;
    source.join();
    ASSERT_TRUE(eventually([&] { return distinct() >= produced; }, 60s));
    ASSERT_TRUE(steady.worker().stop(5s));
    EXPECT_EQ(effects(), produced);
    EXPECT_EQ(distinct(), produced);
}

TEST_F(
    ExactlyOnce, a_failing_record_becomes_a_dead_letter_in_the_outbox_and_the_others_commit_once
) {
    const std::string topic = kafka.create_topic("poisoned", 1);
    auto batch = records(topic, 99);
    batch.insert(batch.begin() + 50, Record{topic, "bad", "poison", {}});
    kafka.produce(batch);
    auto made = options(topic);
    made.dead_letter_topic = "dead";
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return effects() >= 99; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(effects(), 99);
    EXPECT_EQ(distinct(), 99);
    EXPECT_EQ(database.value("SELECT count(*) FROM outbox WHERE topic = 'dead'"), "1");
    EXPECT_EQ(database.value("SELECT convert_from(payload, 'UTF8') FROM outbox"), "poison");
    EXPECT_EQ(database.value("SELECT next_offset FROM consumer_offsets"), "100");
}

TEST_F(ExactlyOnce, connections_cut_all_the_time_double_and_lose_nothing) {
    const std::string topic = kafka.create_topic("cut", 3);
    OutageCounter outages;
    EngineUnderTest engine(kafka, options(topic));
    engine.listeners().add(outages);
    engine.worker().start();
    std::jthread cutter([&](const std::stop_token& stop) {
        const auto connection = database.connect();
        while (!stop.stop_requested()) {
            pqxx::nontransaction tx(*connection);
            tx.exec(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
                "'" +
                database.schema() + "' AND pid <> pg_backend_pid() AND query LIKE '%effects%'"
            );
            std::this_thread::sleep_for(7ms);
        }
    });
    // For as long as it takes to hit it at work often enough.
    constexpr int kMostRounds = 2'000;
    const auto producer = make_producer(kafka.properties());
    int rounds = 0;
    for (; rounds < kMostRounds && outages.count <= 5; ++rounds) {
        producer->produce(records(topic, 50), 10s);
    }
    EXPECT_GT(outages.count, 5);
    cutter.request_stop();
    cutter.join();
    ASSERT_TRUE(eventually([&] { return distinct() >= rounds * 50; }, 60s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(effects(), rounds * 50);
}

}  // namespace
}  // namespace carafe
