// What a consumer asks for while it is called, on the real broker and database.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>

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
using spec::Ledger;
using testing::eventually;
using Payloads = std::vector<std::string>;

// What its consumers do is a function of the spec.
class Plain final : public Consumer {
public:
    using Body = std::function<void(Plain&, const Batch&)>;
    explicit Plain(Body body) : body_(std::move(body)) {}
    void consume(const Batch& batch) override { body_(*this, batch); }
    void tick() override {
        if (on_tick) {
            on_tick(*this);
        }
    }
    using BaseConsumer::mark_as_consumed;
    using BaseConsumer::pause;
    using BaseConsumer::resume;
    using BaseConsumer::seek;

    std::function<void(Plain&)> on_tick;

private:
    const Body body_;
};

class Steering : public ::testing::Test {
protected:
    EngineUnderTest::Options options(const Plain::Body& body) {
        EngineUnderTest::Options made;
        made.group = kafka.group("steered");
        made.topic = topic;
        made.dead_letter_topic = dead;
        made.policy.retry.backoff_min = 5ms;
        made.policy.retry.backoff_max = 5ms;
        made.consumer = {[body] { return std::make_unique<Plain>(body); }, false};
        return made;
    }
    void produce(const Payloads& payloads) {
        std::vector<Record> records;
        for (const std::string& payload : payloads) {
            records.push_back({topic, "key", payload, {}});
        }
        kafka.produce(records);
    }
    [[nodiscard]] std::int64_t committed() const {
        return kafka.committed(kafka.group("steered"), topic, 0).value_or(-1);
    }

    testing::KafkaFixture kafka;
    const std::string topic = kafka.create_topic("steered", 1);
    const std::string dead = kafka.create_topic("steered.dlq", 1);
    Ledger ledger;
};

TEST_F(Steering, a_pause_holds_until_it_is_over_and_then_goes_on_behind) {
    produce({"0", "1"});
    auto made = options([this](Plain& consumer, const Batch& batch) {
        ledger.add(batch.front());
        if (batch.front().payload() == "0") {
            consumer.pause(2s);
        }
    });
    made.policy.max_messages = 1;
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return ledger.size() == 1; }, 30s));
    const auto began = std::chrono::steady_clock::now();
    EXPECT_TRUE(eventually([&] { return committed() == 1; }));  // what was done is marked
    ASSERT_TRUE(eventually([&] { return ledger.size() == 2; }, 30s));
    EXPECT_GE(std::chrono::steady_clock::now() - began, 1500ms);
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(ledger.payloads(), (Payloads{"0", "1"}));
}

TEST_F(Steering, a_tick_resumes_what_a_failing_call_has_paused) {
    produce({"0"});
    std::atomic<int> calls{0};
    std::atomic<bool> is_up{false};
    auto made = options([&](Plain& consumer, const Batch& /*batch*/) {
        ++calls;
        if (!is_up) {
            consumer.pause(1h);
            throw TransientError("the other side is away");
        }
    });
    made.tick = 20ms;
    made.consumer.make = [make = made.consumer.make, &is_up]() -> std::unique_ptr<BaseConsumer> {
        auto consumer = make();
        dynamic_cast<Plain&>(*consumer).on_tick = [&is_up](Plain& self) {
            if (is_up) {
                self.resume();
            }
        };
        return consumer;
    };
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return calls == 1; }, 30s));
    ASSERT_TRUE(eventually([&] {
        return engine.worker().status().front().second.lanes.front().state == "degraded";
    }));
    EXPECT_FALSE(eventually([&] { return calls > 1; }, 300ms));
    is_up = true;
    ASSERT_TRUE(eventually([&] { return calls == 2; }));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(committed(), 1);
}

TEST_F(Steering, a_seek_goes_back_once_and_ahead_and_the_position_with_it) {
    produce({"0", "1", "back", "3", "ahead", "skipped", "6"});
    std::atomic<bool> went_back{false};
    auto made = options([&](Plain& consumer, const Batch& batch) {
        ledger.add(batch.front());
        if (batch.front().payload() == "back" && !went_back.exchange(true)) {
            consumer.seek(1);
        } else if (batch.front().payload() == "ahead") {
            consumer.seek(6);
        }
    });
    made.policy.max_messages = 1;
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return ledger.size() == 8; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(ledger.payloads(), (Payloads{"0", "1", "back", "1", "back", "3", "ahead", "6"}));
    EXPECT_EQ(committed(), 7);
}

TEST_F(Steering, where_a_seek_went_is_where_the_next_owner_begins) {
    produce({"0", "1", "2"});
    auto made = options([&](Plain& consumer, const Batch& batch) {
        ledger.add(batch.front());
        if (batch.front().offset() == 2) {
            consumer.seek(1);
            consumer.pause(1h);
        }
    });
    made.policy.max_messages = 1;
    {
        EngineUnderTest engine(kafka, made);
        engine.worker().start();
        ASSERT_TRUE(eventually([&] { return ledger.size() == 3; }, 30s));
        EXPECT_TRUE(eventually([&] { return committed() == 1; }));
        ASSERT_TRUE(engine.worker().stop(5s));
    }
    EXPECT_EQ(committed(), 1);
}

TEST_F(Steering, a_call_that_fails_seeks_nothing) {
    produce({"0", "1"});
    auto made = options([&](Plain& consumer, const Batch& batch) {
        ledger.add(batch.front());
        consumer.seek(0);
        throw std::runtime_error("after all, no");
    });
    made.policy.max_messages = 1;
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return kafka.read_all(dead).size() == 2; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(ledger.payloads(), (Payloads{"0", "0", "0", "1", "1", "1"}));
}

TEST_F(Steering, what_was_marked_is_stored_at_once_and_does_not_come_again) {
    produce({"0", "1", "2", "3"});
    std::atomic<int> calls{0};
    std::atomic<bool> goes_on{false};
    auto made = options([&](Plain& consumer, const Batch& batch) {
        for (const Message& message : batch) {
            ledger.add(message);
        }
        if (calls++ == 0) {
            consumer.mark_as_consumed(batch[1]);
            EXPECT_TRUE(eventually([&] { return goes_on.load(); }, 30s));
            throw std::runtime_error("only the rest is tried again");
        }
    });
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return calls == 1; }, 30s));
    EXPECT_TRUE(eventually([&] { return committed() == 2; }, 15s));  // while the call goes on
    goes_on = true;
    ASSERT_TRUE(eventually([&] { return committed() == 4; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(ledger.payloads(), (Payloads{"0", "1", "2", "3", "2", "3"}));
}

TEST_F(Steering, in_lanes_what_was_marked_does_not_come_again_and_nobody_seeks) {
    Payloads payloads(40, "record");
    produce(payloads);
    std::atomic<int> refused{0};
    auto made = options([&](Plain& consumer, const Batch& batch) {
        for (const Message& message : batch) {
            ledger.add(message);
        }
        try {
            consumer.seek(0);
        } catch (const std::logic_error&) {
            ++refused;
        }
        consumer.mark_as_consumed(batch.back());
        throw std::runtime_error("when all was done");
    });
    made.lanes = 4;
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return committed() == 40; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(ledger.size(), 40U);
    EXPECT_EQ(ledger.repeated(), Payloads());
    EXPECT_GT(refused, 0);
    EXPECT_TRUE(kafka.read_all(dead).empty());
}

class Transactional final : public postgres::TransactionalConsumer {
public:
    using Body = std::function<void(Transactional&, const Batch&, pqxx::work&)>;
    explicit Transactional(Body body) : body_(std::move(body)) {}
    void consume(const Batch& batch, pqxx::work& tx) override {
        for (const Message& message : batch) {
            tx.exec_params("INSERT INTO effects (place) VALUES ($1)", message.offset());
        }
        body_(*this, batch, tx);
    }
    using BaseConsumer::mark_as_consumed;
    using BaseConsumer::pause;
    using BaseConsumer::seek;

private:
    const Body body_;
};

class TransactionalSteering : public Steering {
protected:
    TransactionalSteering() {
        database.execute("CREATE TABLE effects (id bigserial, place bigint)");
    }
    EngineUnderTest::Options options(const Transactional::Body& body) {
        auto made = Steering::options({});
        made.policy.proves_membership = true;
        made.policy.max_messages = 1;
        made.consumer = {[body] { return std::make_unique<Transactional>(body); }, true};
        made.delivery = postgres::exactly_once({pool, signal, "spec"});
        made.classifiers = {postgres::classify_postgres};
        return made;
    }
    [[nodiscard]] std::string effects() const {
        return database.value("SELECT string_agg(place::text, ' ' ORDER BY id) FROM effects");
    }

    testing::PostgresFixture database;
    postgres::Pool pool{database.settings(), database.schema()};
    postgres::RelaySignal signal;
};

TEST_F(TransactionalSteering, a_seek_is_part_of_the_transaction_and_goes_through_the_epoch) {
    produce({"0", "1", "back", "3"});
    std::atomic<int> tries{0};
    EngineUnderTest engine(kafka, options([&](Transactional& consumer, const Batch& batch, auto&) {
                               if (batch.front().payload() != "back") {
                                   return;
                               }
                               const int number = ++tries;
                               if (number < 3) {
                                   consumer.seek(1);
                               }
                               if (number == 1) {
                                   throw std::runtime_error("rolled back, and the seek with it");
                               }
                           }));
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return effects() == "0 1 2 1 2 3"; }, 30s)) << effects();
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(tries, 3);
    EXPECT_EQ(database.value("SELECT next_offset FROM consumer_offsets"), "4");
    EXPECT_EQ(database.value("SELECT epoch FROM consumer_offsets"), "2");
}

TEST_F(TransactionalSteering, a_pause_stops_draining_and_marking_is_refused) {
    produce({"0", "1"});
    EngineUnderTest engine(
        kafka, options([&](Transactional& consumer, const Batch& batch, auto&) {
            EXPECT_THROW(consumer.mark_as_consumed(batch.front()), std::logic_error);
            consumer.pause(1h);
        })
    );
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return effects() == "0"; }, 30s));
    ASSERT_TRUE(eventually([&] {
        return engine.worker().status().front().second.lanes.front().state == "paused";
    }));
    EXPECT_FALSE(eventually([&] { return effects() != "0"; }, 300ms));
    ASSERT_TRUE(engine.worker().stop(5s));
}

}  // namespace
}  // namespace carafe
