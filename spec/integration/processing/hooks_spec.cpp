#include <gtest/gtest.h>

#include <atomic>

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

// What the consumers of a spec were called with, in order.
class Calls {
public:
    void add(const std::string& call) {
        const std::lock_guard lock(mutex_);
        calls_.push_back(call);
    }
    [[nodiscard]] std::vector<std::string> all() const {
        const std::lock_guard lock(mutex_);
        return calls_;
    }
    [[nodiscard]] std::ptrdiff_t count(const std::string& call) const {
        const auto calls = all();
        return std::count(calls.begin(), calls.end(), call);
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> calls_;
};

class CallingBack final : public Consumer {
public:
    explicit CallingBack(Calls& calls) : calls_(calls) {}
    void initialized() override {
        if (calls_.count("initialized") < failures) {
            calls_.add("initialized");
            throw std::runtime_error("not ready yet");
        }
        enter("initialized");
    }
    void consume(const Batch& batch) override {
        for (const Message& message : batch) {
            enter(std::string(message.payload().value_or("")));
        }
    }
    void idle() override {
        enter("idle");
        throw std::runtime_error("idle fails");
    }
    void tick() override { enter("tick"); }
    void shutdown() override { enter("shutdown"); }

    int failures = 0;

private:
    // None of an instance's methods runs beside another one.
    void enter(const std::string& call) {
        EXPECT_FALSE(busy_.exchange(true)) << call << " runs beside another call";
        std::this_thread::sleep_for(1ms);
        calls_.add(call);
        busy_ = false;
    }

    Calls& calls_;
    std::atomic<bool> busy_{false};
};

class Hooks : public ::testing::Test {
protected:
    EngineUnderTest::Options options(const std::string& topic, int failures = 0) {
        EngineUnderTest::Options made;
        made.group = kafka.group("group");
        made.topic = topic;
        made.policy.retry.backoff_min = 5ms;
        made.policy.retry.backoff_max = 5ms;
        made.tick = 20ms;
        made.consumer = {
            [this, failures] {
                auto consumer = std::make_unique<CallingBack>(calls);
                consumer->failures = failures;
                return consumer;
            },
            false};
        return made;
    }

    Calls calls;
    testing::KafkaFixture kafka;
};

TEST_F(Hooks, come_before_between_and_after_the_records) {
    const std::string topic = kafka.create_topic("hooked", 1);
    kafka.produce({{topic, "a", "1", {}}});
    EngineUnderTest engine(kafka, options(topic));
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return calls.count("idle") == 1; }, 30s));
    kafka.produce({{topic, "a", "2", {}}});
    ASSERT_TRUE(eventually([&] { return calls.count("idle") == 2; }));
    const auto ticks = calls.count("tick");
    ASSERT_TRUE(eventually([&] { return calls.count("tick") >= ticks + 3; }));
    ASSERT_TRUE(engine.worker().stop(5s));
    auto seen = calls.all();
    std::erase(seen, "tick");
    EXPECT_EQ(
        seen, (std::vector<std::string>{"initialized", "1", "idle", "2", "idle", "shutdown"})
    );
}

TEST_F(Hooks, a_consumer_that_cannot_start_is_made_again_and_loses_nothing) {
    const std::string topic = kafka.create_topic("unready", 1);
    kafka.produce({{topic, "a", "1", {}}});
    EngineUnderTest engine(kafka, options(topic, 3));
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return calls.count("1") == 1; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(calls.count("initialized"), 4);
    EXPECT_EQ(kafka.committed(options(topic).group, topic, 0), 1);
}

TEST_F(Hooks, reach_the_consumer_of_every_lane) {
    const std::string topic = kafka.create_topic("laned", 1);
    std::vector<Record> records;
    for (int index = 0; index < 40; ++index) {
        records.push_back({topic, "key-" + std::to_string(index), "record", {}});
    }
    kafka.produce(records);
    auto made = options(topic);
    made.lanes = 4;
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return calls.count("record") == 40; }, 30s));
    const auto consumers = calls.count("initialized");
    EXPECT_GT(consumers, 1);
    ASSERT_TRUE(eventually([&] { return calls.count("idle") >= consumers; }));
    const auto ticks = calls.count("tick");
    ASSERT_TRUE(eventually([&] { return calls.count("tick") >= ticks + 2 * consumers; }));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(calls.count("shutdown"), consumers);
}

class Forwarding final : public Consumer {
public:
    explicit Forwarding(std::string to) : to_(std::move(to)) {}
    void consume(const Batch& batch) override {
        for (const Message& message : batch) {
            produce({{to_, std::string(*message.key()), std::string(*message.payload()), {}}});
        }
    }

private:
    const std::string to_;
};

TEST_F(Hooks, a_consumer_produces_by_itself) {
    const std::string topic = kafka.create_topic("from", 1);
    const std::string other = kafka.create_topic("to", 1);
    kafka.produce({{topic, "a", "1", {}}, {topic, "b", "2", {}}});
    auto made = options(topic);
    made.consumer = {[other] { return std::make_unique<Forwarding>(other); }, false};
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return kafka.read_all(other).size() == 2; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(kafka.read_all(other).at(1).payload, "2");
}

// Writes and produces, and fails the first time: both are undone together.
class Writing final : public postgres::TransactionalConsumer {
public:
    explicit Writing(Calls& calls) : calls_(calls) {}
    void consume(const Batch& batch, pqxx::work& tx) override {
        for (const Message& message : batch) {
            tx.exec_params("INSERT INTO effects VALUES ($1)", message.offset());
            produce({{"announced", "key", std::string(*message.payload()), {}}});
        }
        calls_.add("consume");
        if (calls_.count("consume") == 1) {
            throw std::runtime_error("once more");
        }
    }
    void tick() override {
        calls_.add("tick");
        if (calls_.count("tick") == 1) {
            produce({{"ticked", "key", "by itself", {}}});
        }
    }

private:
    Calls& calls_;
};

TEST_F(Hooks, what_a_transactional_consumer_produces_commits_with_its_effects) {
    testing::PostgresFixture database;
    database.execute("CREATE TABLE effects (place bigint)");
    postgres::Pool pool{database.settings(), database.schema()};
    postgres::RelaySignal signal;
    const std::string topic = kafka.create_topic("written", 1);
    kafka.produce({{topic, "a", "1", {}}});
    auto made = options(topic);
    made.policy.proves_membership = true;
    made.consumer = {[this] { return std::make_unique<Writing>(calls); }, true};
    made.delivery = postgres::exactly_once({pool, signal, "spec"});
    made.classifiers = {postgres::classify_postgres};
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually(
        [&] {
            return database.value("SELECT count(*) FROM effects") == "1" && calls.count("tick") > 1;
        },
        30s
    ));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(calls.count("consume"), 2);
    EXPECT_EQ(database.value("SELECT count(*) FROM outbox WHERE topic = 'announced'"), "1");
    EXPECT_EQ(database.value("SELECT count(*) FROM outbox WHERE topic = 'ticked'"), "1");
}

}  // namespace
}  // namespace carafe
