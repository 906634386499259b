// order: park. A key that fails waits in its own order, and the other keys of its partition go on.
#include <gtest/gtest.h>

#include <set>

#include "carafe/errors.h"
#include "carafe/postgres/pool.h"
#include "carafe/postgres/transactional_consumer.h"
#include "carafe/testing/eventually.h"
#include "carafe/testing/postgres_fixture.h"
#include "postgres/attempt_store.h"
#include "postgres/classifier.h"
#include "postgres/exactly_once_delivery.h"
#include "support/engine_under_test.h"

namespace carafe {
namespace {

using namespace std::chrono_literals;
using spec::EngineUnderTest;
using testing::eventually;

// The payloads that fail, until they are mended; and how often each was tried.
class Trouble {
public:
    void set(const std::set<std::string>& bad) {
        const std::lock_guard lock(mutex_);
        bad_ = bad;
    }
    bool fails(const std::string& payload) {
        const std::lock_guard lock(mutex_);
        ++tries_[payload];
        return bad_.contains(payload);
    }
    int tries(const std::string& payload) {
        const std::lock_guard lock(mutex_);
        return tries_[payload];
    }

private:
    std::mutex mutex_;
    std::set<std::string> bad_;
    std::map<std::string, int> tries_;
};

class WritingConsumer final : public postgres::TransactionalConsumer {
public:
    explicit WritingConsumer(Trouble& trouble) : trouble_(trouble) {}

    void consume(const Batch& batch, pqxx::work& tx) override {
        for (const Message& message : batch) {
            const std::string payload(message.payload().value_or(""));
            if (trouble_.fails(payload)) {
                throw std::runtime_error(payload + " fails");
            }
            tx.exec_params(
                "INSERT INTO effects (key, payload, headers) VALUES ($1, $2, $3)",
                std::string(message.key().value_or("")),
                payload,
                static_cast<int>(message.headers().size())
            );
        }
    }

private:
    Trouble& trouble_;
};

class Parking : public ::testing::Test {
protected:
    Parking() {
        database.execute(
            "CREATE TABLE effects (id bigserial, key text, payload text, headers integer)"
        );
    }

    EngineUnderTest::Options options() {
        EngineUnderTest::Options made;
        made.group = kafka.group("group");
        made.topic = topic;
        made.dead_letter_topic = "dead";
        made.policy.retry.attempts = 3;
        made.policy.retry.backoff_min = 30ms;
        made.policy.retry.backoff_max = 60ms;
        made.policy.retry.parks = true;
        made.policy.retry.writes_attempts = true;
        made.policy.max_messages = 20;
        made.policy.proves_membership = true;
        made.consumer = {[this] { return std::make_unique<WritingConsumer>(trouble); }, true};
        made.delivery = postgres::exactly_once({pool, signal, "spec"});
        made.classifiers = {postgres::classify_postgres};
        made.attempts = &attempts;
        return made;
    }

    // a0 b0 c0 a1 b1 c1 ...: three keys take turns.
    void produce(int rounds) {
        std::vector<Record> records;
        for (int round = 0; round < rounds; ++round) {
            for (const char* key : {"a", "b", "c"}) {
                records.push_back({topic, key, key + std::to_string(round), {{"h", "1"}}});
            }
        }
        kafka.produce(records);
    }

    std::string effects(const std::string& key) {
        return database.value(
            "SELECT string_agg(payload, ' ' ORDER BY id) FROM effects WHERE key = '" + key + "'"
        );
    }
    std::string count(const std::string& table) {
        return database.value("SELECT count(*) FROM " + table);
    }
    std::string in_order(const std::string& key, int from, int to) {
        std::string all;
        for (int number = from; number < to; ++number) {
            all += (all.empty() ? "" : " ") + key + std::to_string(number);
        }
        return all;
    }

    testing::KafkaFixture kafka;
    testing::PostgresFixture database;
    postgres::Pool pool{database.settings(), database.schema()};
    postgres::PostgresAttemptStore attempts{pool};
    postgres::RelaySignal signal;
    std::string topic = kafka.create_topic("parking", 1);
    Trouble trouble;
};

TEST_F(Parking, a_failing_key_waits_in_its_order_while_the_others_go_on) {
    trouble.set({"a1"});
    auto made = options();
    made.policy.retry.attempts = 1'000;
    produce(30);
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return effects("b") == in_order("b", 0, 30); }, 30s));
    ASSERT_TRUE(eventually([&] { return effects("c") == in_order("c", 0, 30); }, 30s));
    EXPECT_EQ(effects("a"), "a0");
    EXPECT_EQ(count("parked_records"), "29");
    EXPECT_EQ(database.value("SELECT next_offset FROM consumer_offsets"), "90");
    trouble.set({});
    ASSERT_TRUE(eventually([&] { return effects("a") == in_order("a", 0, 30); }, 30s))
        << effects("a");
    EXPECT_EQ(count("parked_records"), "0");
    produce(1);
    EXPECT_TRUE(eventually([&] { return effects("a") == in_order("a", 0, 30) + " a0"; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(count("effects"), "93");
    EXPECT_EQ(count("effects WHERE headers = 1"), "93") << "headers survive";
}

TEST_F(Parking, what_never_works_is_dead_lettered_after_its_attempts_and_its_followers_then_run) {
    trouble.set({"a2", "b5"});
    produce(20);
    EngineUnderTest engine(kafka, options());
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return count("effects") == "58"; }, 30s)) << count("effects");
    ASSERT_TRUE(eventually([&] { return count("parked_records") == "0"; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(effects("a"), "a0 a1 " + in_order("a", 3, 20));
    EXPECT_EQ(effects("b"), "b0 b1 b2 b3 b4 " + in_order("b", 6, 20));
    EXPECT_EQ(
        database.value(
            "SELECT string_agg(convert_from(payload, 'UTF8'), ' ' ORDER BY payload) FROM outbox"
        ),
        "a2 b5"
    );
    EXPECT_EQ(
        database.value("SELECT count(*) FROM outbox WHERE headers @> '[[\"dlq_attempts\", \"3\"]]'"
        ),
        "2"
    );
}

TEST_F(Parking, the_next_owner_takes_up_what_is_parked_with_the_attempts_it_has_had) {
    trouble.set({"a0"});
    auto made = options();
    made.policy.retry.attempts = 4;
    made.policy.retry.backoff_min = 1s;
    made.policy.retry.backoff_max = 1s;
    produce(5);
    {
        EngineUnderTest engine(kafka, made);
        engine.worker().start();
        ASSERT_TRUE(eventually([&] { return effects("c") == in_order("c", 0, 5); }, 30s));
        ASSERT_TRUE(eventually([&] { return count("parked_records") == "5"; }, 30s));
        ASSERT_TRUE(engine.worker().stop(5s));
    }
    const int tries = trouble.tries("a0");
    made.policy.retry.backoff_min = 10ms;
    EngineUnderTest successor(kafka, made);
    successor.worker().start();
    ASSERT_TRUE(eventually([&] { return effects("a") == in_order("a", 1, 5); }, 30s));
    ASSERT_TRUE(successor.worker().stop(5s));
    EXPECT_EQ(count("outbox"), "1");
    EXPECT_LT(trouble.tries("a0") - tries, 4) << "attempts are not counted anew";
    EXPECT_EQ(count("effects"), "14");
}

TEST_F(Parking, a_route_that_parks_no_longer_still_finishes_what_is_parked_in_order) {
    trouble.set({"a0"});
    auto made = options();
    made.policy.retry.attempts = 1'000;
    produce(5);
    {
        EngineUnderTest engine(kafka, made);
        engine.worker().start();
        ASSERT_TRUE(eventually([&] { return count("parked_records") == "5"; }, 30s));
        ASSERT_TRUE(engine.worker().stop(5s));
    }
    made.policy.retry.parks = false;
    EngineUnderTest successor(kafka, made);
    successor.worker().start();
    kafka.produce({{topic, "a", "a5", {}}, {topic, "b", "b5", {}}});
    ASSERT_TRUE(eventually([&] { return effects("b") == in_order("b", 0, 6); }, 30s));
    EXPECT_EQ(effects("a"), "");
    trouble.set({});
    EXPECT_TRUE(eventually([&] { return effects("a") == in_order("a", 0, 6); }, 30s));
    ASSERT_TRUE(successor.worker().stop(5s));
}

TEST_F(Parking, a_full_lot_holds_the_partition_until_there_is_room) {
    trouble.set({"a0"});
    auto made = options();
    made.policy.retry.attempts = 1'000;
    made.policy.retry.parked_max = 5;
    made.policy.max_messages = 3;
    made.policy.drain_at_least = 3;
    produce(30);
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return count("parked_records") == "5"; }, 30s));
    ASSERT_TRUE(eventually([&] { return trouble.tries("a0") > 10; }, 30s)) << "it is tried on";
    EXPECT_EQ(count("parked_records"), "5");
    EXPECT_NE(effects("b"), in_order("b", 0, 30));
    trouble.set({});
    EXPECT_TRUE(eventually([&] { return count("effects") == "90"; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(effects("a"), in_order("a", 0, 30));
}

TEST_F(Parking, owners_that_are_fenced_all_the_time_double_and_lose_nothing) {
    trouble.set({"a3", "b7", "c11"});
    auto made = options();
    made.policy.retry.attempts = 1'000;
    produce(40);
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    for (int round = 0; round < 10; ++round) {
        const std::string epoch = database.value("SELECT sum(epoch) FROM consumer_offsets");
        database.execute("UPDATE consumer_offsets SET epoch = epoch + 1, owner = 'other'");
        produce(1);
        ASSERT_TRUE(eventually(
            [&] { return database.value("SELECT owner FROM consumer_offsets") == "spec"; }, 30s
        ));
    }
    trouble.set({});
    ASSERT_TRUE(eventually([&] { return count("effects") == "150"; }, 60s)) << count("effects");
    ASSERT_TRUE(engine.worker().stop(5s));
    for (const std::string key : {"a", "b", "c"}) {
        std::string expected = in_order(key, 0, 40);
        for (int round = 0; round < 10; ++round) {
            expected += " " + key + "0";
        }
        EXPECT_EQ(effects(key), expected);
    }
}

}  // namespace
}  // namespace carafe
