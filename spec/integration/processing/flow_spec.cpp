// Which records come when: rate, delay, patterns, routes that are paused; in both runners.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "carafe/testing/eventually.h"
#include "carafe/typed_consumer.h"
#include "support/engine_under_test.h"

namespace carafe {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::system_clock;
using spec::EngineUnderTest;
using spec::Ledger;
using testing::eventually;

// When each record came, and how long after its own timestamp.
class Watch {
public:
    void see(const Message& message) {
        const std::lock_guard lock(mutex_);
        times_.push_back(Clock::now());
        youngest_ = std::min(youngest_, Clock::now() - message.timestamp());
        topics_.emplace(message.topic(), 0).first->second++;
    }
    [[nodiscard]] std::size_t count() const {
        const std::lock_guard lock(mutex_);
        return times_.size();
    }
    [[nodiscard]] std::vector<Clock::time_point> times() const {
        const std::lock_guard lock(mutex_);
        return times_;
    }
    [[nodiscard]] Clock::duration youngest() const {
        const std::lock_guard lock(mutex_);
        return youngest_;
    }
    [[nodiscard]] std::map<std::string, int> topics() const {
        const std::lock_guard lock(mutex_);
        return topics_;
    }
    // The most that came in any window of that length.
    [[nodiscard]] std::size_t most_within(std::chrono::milliseconds window) const {
        auto times = this->times();
        std::sort(times.begin(), times.end());
        std::size_t most = 0;
        for (auto first = times.begin(); first != times.end(); ++first) {
            const auto last = std::lower_bound(first, times.end(), *first + window);
            most = std::max(most, static_cast<std::size_t>(last - first));
        }
        return most;
    }

private:
    mutable std::mutex mutex_;
    std::vector<Clock::time_point> times_;
    std::map<std::string, int> topics_;
    Clock::duration youngest_ = Clock::duration::max();
};

class Watching final : public Consumer {
public:
    Watching(Watch& watch, Ledger& ledger) : watch_(watch), ledger_(ledger) {}
    void consume(const Batch& batch) override {
        for (const Message& message : batch) {
            watch_.see(message);
            ledger_.add(message);
        }
    }

private:
    Watch& watch_;
    Ledger& ledger_;
};

// With lanes or without.
class Flow : public ::testing::TestWithParam<std::size_t> {
protected:
    EngineUnderTest::Options options(const std::string& topic) {
        EngineUnderTest::Options made;
        made.group = kafka.group("group");
        made.topic = topic;
        made.lanes = GetParam();
        made.consumer = {[this] { return std::make_unique<Watching>(watch, ledger); }, false};
        return made;
    }

    void produce(const std::string& topic, int count) {
        std::vector<Record> records;
        for (int index = 0; index < count; ++index) {
            records.push_back({topic, "key-" + std::to_string(index % 5), std::to_string(index), {}}
            );
        }
        kafka.produce(records);
    }

    Watch watch;
    Ledger ledger;
    testing::KafkaFixture kafka;
};

TEST_P(Flow, a_rate_holds_over_all_partitions_and_loses_nothing) {
    const std::string topic = kafka.create_topic("limited");
    produce(topic, 300);
    auto made = options(topic);
    made.admission.limiter = std::make_shared<processing::RateLimiter>(200, 1s);
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return watch.count() >= 300; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(watch.count(), 300U);
    EXPECT_TRUE(ledger.repeated().empty());
    // A share of twenty may come early, and handlers may be late by something.
    EXPECT_LE(watch.most_within(500ms), 150U);
    std::int64_t committed = 0;
    for (int partition = 0; partition < 3; ++partition) {
        committed += kafka.committed(made.group, topic, partition).value_or(0);
    }
    EXPECT_EQ(committed, 300);
}

TEST_P(Flow, what_waits_for_the_rate_is_not_committed_and_comes_after_a_restart) {
    const std::string topic = kafka.create_topic("limited", 1);
    produce(topic, 60);
    auto made = options(topic);
    made.admission.limiter = std::make_shared<processing::RateLimiter>(100, 1s);
    {
        EngineUnderTest engine(kafka, made);
        engine.worker().start();
        ASSERT_TRUE(eventually([&] { return watch.count() >= 20; }, 30s));
        ASSERT_TRUE(engine.worker().stop(5s));
    }
    ASSERT_LT(watch.count(), 60U);
    EXPECT_EQ(kafka.committed(made.group, topic, 0), static_cast<std::int64_t>(watch.count()));
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return watch.count() >= 60; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(watch.count(), 60U);
    EXPECT_TRUE(ledger.repeated().empty());
}

TEST_P(Flow, a_delayed_record_is_handed_out_at_its_time_and_not_before) {
    const std::string topic = kafka.create_topic("delayed", 1);
    auto made = options(topic);
    made.admission.delay = 1500ms;
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return engine.assigned() == 1; }, 30s));
    produce(topic, 20);
    ASSERT_TRUE(eventually([&] { return watch.count() >= 20; }, 30s));
    produce(topic, 5);
    ASSERT_TRUE(eventually([&] { return watch.count() >= 25; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_GE(watch.youngest(), 1500ms);
    EXPECT_EQ(watch.count(), 25U);
    EXPECT_EQ(kafka.committed(made.group, topic, 0), 25);
}

TEST_P(Flow, no_processing_thread_waits_for_a_delay) {
    const std::string topic = kafka.create_topic("delayed", 6);
    const std::string other = kafka.create_topic("prompt", 1);
    produce(topic, 30);
    auto made = options(topic);
    made.threads = 1;
    made.admission.delay = 1h;
    made.also = {other};  // on the same thread, without a delay
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    produce(other, 10);
    ASSERT_TRUE(eventually([&] { return watch.count() >= 10; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(watch.topics().count(topic), 0U);
}

TEST_P(Flow, a_pattern_reads_the_topics_it_matches_and_those_that_come_later) {
    const std::string first = kafka.create_topic("event.first", 1);
    const std::string stranger = kafka.create_topic("reevent.first", 1);
    produce(first, 3);
    produce(stranger, 3);
    auto made = options("^event\\..*" + first.substr(first.size() - 5));
    made.properties = {{"topic.metadata.refresh.interval.ms", "500"}};
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return watch.count() >= 3; }, 30s));
    const std::string later = kafka.create_topic("event.later", 1);
    produce(later, 4);
    ASSERT_TRUE(eventually([&] { return watch.count() >= 7; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(watch.topics(), (std::map<std::string, int>{{first, 3}, {later, 4}}));
    EXPECT_EQ(kafka.committed(made.group, later, 0), 4);
}

TEST_P(Flow, a_route_that_is_paused_is_assigned_and_takes_nothing) {
    const std::string topic = kafka.create_topic("paused", 1);
    const std::string other = kafka.create_topic("prompt", 1);
    produce(topic, 5);
    auto made = options(topic);
    made.paused = true;
    made.also = {other};
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    produce(other, 5);
    ASSERT_TRUE(eventually([&] { return watch.count() >= 5 && engine.assigned() == 2; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(watch.topics(), (std::map<std::string, int>{{other, 5}}));
}

struct Number {
    std::int64_t value;
};

class Adding final : public TypedConsumer<Number> {
public:
    Adding(Deserializer<Number> deserialize, std::atomic<std::int64_t>& sum)
        : TypedConsumer(std::move(deserialize)), sum_(sum) {}
    void handle(const TypedBatch<Number>& batch) override {
        for (const auto& number : batch) {
            sum_ += number.payload.value;
        }
    }

private:
    std::atomic<std::int64_t>& sum_;
};

TEST_P(Flow, what_a_deserializer_refuses_is_dead_lettered_and_the_rest_handled_once) {
    const std::string topic = kafka.create_topic("typed", 1);
    const std::string dead = kafka.create_topic("typed.dlq", 1);
    std::vector<Record> records;
    for (int index = 1; index <= 100; ++index) {
        const std::string text = index % 10 == 0 ? "garbage" : std::to_string(index);
        records.push_back({topic, "key-" + std::to_string(index % 5), text, {}});
    }
    kafka.produce(records);
    std::atomic<std::int64_t> sum{0};
    auto made = options(topic);
    made.dead_letter_topic = dead;
    made.consumer = {
        [&sum] {
            return std::make_unique<Adding>(
                json_payload([](const Json& json) { return Number{json.integer()}; }), sum
            );
        },
        false};
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return kafka.read_all(dead).size() >= 10; }, 30s));
    ASSERT_TRUE(eventually([&] { return sum == 5050 - 550; }));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(sum, 5050 - 550);
    const auto letters = kafka.read_all(dead);
    ASSERT_EQ(letters.size(), 10U);
    for (const auto& letter : letters) {
        EXPECT_EQ(letter.payload, "garbage");
        EXPECT_EQ(letter.header("dlq_attempts"), "1");
        EXPECT_EQ(letter.header("dlq_error_class"), "carafe::UndecodableError");
        EXPECT_THAT(*letter.header("dlq_error_message"), ::testing::StartsWith("not JSON: "));
    }
    EXPECT_EQ(kafka.committed(made.group, topic, 0), 100);
}

INSTANTIATE_TEST_SUITE_P(
    of_both_runners,
    Flow,
    ::testing::Values(0U, 4U),
    [](const ::testing::TestParamInfo<std::size_t>& lanes) {
        return lanes.param == 0 ? "in_offset_order" : "in_key_order";
    }
);

}  // namespace
}  // namespace carafe
