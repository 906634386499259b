#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "carafe/errors.h"
#include "carafe/testing/eventually.h"
#include "processing/log_listener.h"
#include "support/engine_under_test.h"

namespace carafe {
namespace {

using namespace std::chrono_literals;
using spec::EngineUnderTest;
using spec::Ledger;
using testing::eventually;

class RecordingConsumer final : public Consumer {
public:
    explicit RecordingConsumer(Ledger& ledger) : ledger_(ledger) {}
    void consume(const Batch& batch) override {
        for (const Message& message : batch) {
            if (message.payload() == "poison") {
                throw std::runtime_error("poisoned record 17");
            }
            if (message.payload() == "garbage") {
                throw UndecodableError(message, "not JSON");
            }
        }
        for (const Message& message : batch) {
            ledger_.add(message);
        }
    }

private:
    Ledger& ledger_;
};

class AtLeastOnce : public ::testing::Test {
protected:
    EngineUnderTest::Options options(Ledger& ledger, const std::string& topic) {
        EngineUnderTest::Options made;
        made.group = kafka.group("group");
        made.topic = topic;
        made.policy.retry.backoff_min = 20ms;
        made.policy.retry.backoff_max = 100ms;
        made.consumer = {[&ledger] { return std::make_unique<RecordingConsumer>(ledger); }, false};
        return made;
    }

    std::vector<Record> numbered(const std::string& topic, int count) {
        std::vector<Record> records;
        for (int index = 0; index < count; ++index) {
            records.push_back({topic, "key-" + std::to_string(index % 7), std::to_string(index), {}}
            );
        }
        return records;
    }

    testing::KafkaFixture kafka;
};

TEST_F(AtLeastOnce, consumes_every_record_once_and_commits_on_stop) {
    const std::string topic = kafka.create_topic("numbers");
    kafka.produce(numbered(topic, 5000));
    Ledger ledger;
    const auto made = options(ledger, topic);
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return ledger.size() >= 5000; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(ledger.size(), 5000U);

    std::int64_t committed = 0;
    for (int partition = 0; partition < 3; ++partition) {
        committed += kafka.committed(made.group, topic, partition).value_or(0);
    }
    EXPECT_EQ(committed, 5000);
}

TEST_F(AtLeastOnce, keeps_the_order_of_a_partition) {
    const std::string topic = kafka.create_topic("ordered");
    kafka.produce(numbered(topic, 3000));
    Ledger ledger;
    EngineUnderTest engine(kafka, options(ledger, topic));
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return ledger.size() >= 3000; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    for (int partition = 0; partition < 3; ++partition) {
        std::vector<int> numbers;
        for (const std::string& payload : ledger.of_partition(partition)) {
            numbers.push_back(std::stoi(payload));
        }
        EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
    }
}

TEST_F(AtLeastOnce, a_failing_record_goes_to_the_dead_letter_topic_with_its_origin) {
    const std::string topic = kafka.create_topic("poisoned", 1);
    const std::string dead = kafka.create_topic("poisoned.dlq", 1);
    kafka.produce(
        {{topic, "a", "1", {}},
         {topic, "b", "poison", {{"traceparent", "00-abc"}}},
         {topic, "c", "garbage", {}},
         {topic, "a", "2", {}}}
    );
    Ledger ledger;
    auto made = options(ledger, topic);
    made.dead_letter_topic = dead;
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return ledger.size() >= 2; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));

    EXPECT_EQ(ledger.payloads(), (std::vector<std::string>{"1", "2"}));
    const auto letters = kafka.read_all(dead);
    ASSERT_EQ(letters.size(), 2U);
    EXPECT_EQ(letters[0].key, "b");
    EXPECT_EQ(letters[0].payload, "poison");
    EXPECT_EQ(letters[0].header("traceparent"), "00-abc");
    EXPECT_EQ(letters[0].header("dlq_source_topic"), topic);
    EXPECT_EQ(letters[0].header("dlq_source_partition"), "0");
    EXPECT_EQ(letters[0].header("dlq_source_offset"), "1");
    EXPECT_EQ(letters[0].header("dlq_consumer_group"), made.group);
    EXPECT_EQ(letters[0].header("dlq_attempts"), "3");
    EXPECT_EQ(letters[0].header("dlq_error_class"), "std::runtime_error");
    EXPECT_EQ(letters[0].header("dlq_error_message"), "poisoned record 17");
    EXPECT_EQ(letters[0].header("dlq_redrives"), "0");
    EXPECT_EQ(letters[1].header("dlq_attempts"), "1");
    EXPECT_EQ(letters[1].header("dlq_error_class"), "carafe::UndecodableError");
    EXPECT_EQ(kafka.committed(made.group, topic, 0), 4);
}

TEST_F(AtLeastOnce, goes_on_where_the_group_stopped) {
    const std::string topic = kafka.create_topic("resumed");
    kafka.produce(numbered(topic, 300));
    Ledger ledger;
    const auto made = options(ledger, topic);
    for (const std::size_t expected : {300U, 500U}) {
        EngineUnderTest engine(kafka, made);
        engine.worker().start();
        ASSERT_TRUE(eventually([&] { return ledger.size() >= expected; }, 30s));
        ASSERT_TRUE(engine.worker().stop(5s));
        if (expected == 300U) {
            kafka.produce(numbered(topic, 200));
        }
    }
    EXPECT_EQ(ledger.size(), 500U);
}

TEST_F(AtLeastOnce, a_second_member_takes_partitions_over_without_losing_or_repeating_records) {
    const std::string topic = kafka.create_topic("shared", 6);
    Ledger ledger;
    const auto made = options(ledger, topic);
    EngineUnderTest first(kafka, made);
    EngineUnderTest second(kafka, made);
    processing::LogListener log;
    first.listeners().add(log);
    second.listeners().add(log);
    first.worker().start();
    std::atomic<bool> producing{true};
    std::atomic<int> produced{0};
    std::jthread source([&] {
        const auto producer = make_producer(kafka.properties());
        while (producing) {
            producer->produce(numbered(topic, 50), 10s);
            produced += 50;
        }
    });
    ASSERT_TRUE(eventually([&] { return ledger.size() > 500; }, 30s));
    second.worker().start();
    ASSERT_TRUE(eventually([&] { return second.assigned() == 3 && first.assigned() == 3; }, 30s));
    ASSERT_TRUE(second.worker().stop(5s));
    ASSERT_TRUE(eventually([&] { return first.assigned() == 6; }, 30s));
    producing = false;
    source.join();
    ASSERT_TRUE(eventually([&] { return ledger.size() >= static_cast<std::size_t>(produced); }, 30s)
    );
    ASSERT_TRUE(first.worker().stop(5s));
    EXPECT_EQ(ledger.size(), static_cast<std::size_t>(produced));
    EXPECT_EQ(ledger.repeated(), std::vector<std::string>{});
}

class SlowConsumer final : public Consumer {
public:
    explicit SlowConsumer(Ledger& ledger) : ledger_(ledger) {}
    void consume(const Batch& batch) override {
        // Longer than max.poll.interval.ms: this must not cost the membership.
        std::this_thread::sleep_for(12s);
        ledger_.add(batch.front());
    }

private:
    Ledger& ledger_;
};

TEST_F(AtLeastOnce, a_slow_handler_never_costs_the_membership) {
    const std::string topic = kafka.create_topic("slow", 1);
    kafka.produce({{topic, "a", "1", {}}});
    Ledger ledger;
    auto made = options(ledger, topic);
    made.consumer = {[&ledger] { return std::make_unique<SlowConsumer>(ledger); }, false};
    made.properties = {{"max.poll.interval.ms", "6000"}};
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return ledger.size() == 1; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(ledger.size(), 1U);
    EXPECT_EQ(kafka.committed(made.group, topic, 0), 1);
}

}  // namespace
}  // namespace carafe
