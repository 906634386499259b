#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <set>
#include <thread>

#include "carafe/testing/eventually.h"
#include "support/engine_under_test.h"

namespace carafe {
namespace {

using namespace std::chrono_literals;
using spec::EngineUnderTest;
using testing::eventually;

// What the handlers of all lanes have done, in the order of each key.
class Diary {
public:
    void begin(const std::string& key) {
        const std::lock_guard lock(mutex_);
        EXPECT_TRUE(running_.insert(key).second) << key << " runs twice at the same time";
        most_ = std::max(most_, running_.size());
    }
    void end(const std::string& key, const Message& message) {
        const std::lock_guard lock(mutex_);
        running_.erase(key);
        done_[key].push_back(std::stoi(std::string(message.payload().value_or("-1"))));
        ++count_;
    }
    void failed(const std::string& key) {
        const std::lock_guard lock(mutex_);
        running_.erase(key);
    }
    [[nodiscard]] std::size_t count() const {
        const std::lock_guard lock(mutex_);
        return count_;
    }
    [[nodiscard]] std::size_t most_at_once() const {
        const std::lock_guard lock(mutex_);
        return most_;
    }
    [[nodiscard]] std::vector<int> of(const std::string& key) const {
        const std::lock_guard lock(mutex_);
        const auto found = done_.find(key);
        return found == done_.end() ? std::vector<int>() : found->second;
    }

private:
    mutable std::mutex mutex_;
    std::set<std::string> running_;
    std::map<std::string, std::vector<int>> done_;
    std::size_t most_ = 0;
    std::size_t count_ = 0;
};

using Behaviour = std::function<void(const Message&)>;

class LaneConsumer final : public Consumer {
public:
    LaneConsumer(Diary& diary, const Behaviour& behaviour) : diary_(diary), behaviour_(behaviour) {}
    void consume(const Batch& batch) override {
        for (const Message& message : batch) {
            const std::string key(message.key().value_or("none"));
            diary_.begin(key);
            try {
                behaviour_(message);
            } catch (...) {
                diary_.failed(key);
                throw;
            }
            diary_.end(key, message);
        }
    }

private:
    Diary& diary_;
    const Behaviour behaviour_;
};

class Lanes : public ::testing::Test {
protected:
    EngineUnderTest::Options options(
        Diary& diary, const std::string& topic, const Behaviour& behaviour
    ) {
        EngineUnderTest::Options made;
        made.group = kafka.group("lanes");
        made.topic = topic;
        made.lanes = 8;
        made.threads = 8;
        made.policy.retry.backoff_min = 20ms;
        made.policy.retry.backoff_max = 100ms;
        made.consumer = {
            [&diary, behaviour] { return std::make_unique<LaneConsumer>(diary, behaviour); },
            false};
        return made;
    }

    // `count` records of each key, numbered from 0, keys in turns.
    void produce(const std::string& topic, const std::vector<std::string>& keys, int count) {
        std::vector<Record> records;
        for (int number = 0; number < count; ++number) {
            for (const std::string& key : keys) {
                records.push_back({topic, key, std::to_string(number), {{"number", "x"}}});
            }
        }
        kafka.produce(records);
    }

    static std::vector<int> numbers(int count) {
        std::vector<int> all;
        for (int number = 0; number < count; ++number) {
            all.push_back(number);
        }
        return all;
    }

    testing::KafkaFixture kafka;
};

std::vector<std::string> named(int count) {
    std::vector<std::string> keys;
    for (int number = 0; number < count; ++number) {
        keys.push_back("key-" + std::to_string(number));
    }
    return keys;
}

TEST_F(Lanes, work_on_several_keys_of_one_partition_at_once_and_on_each_in_order) {
    const std::string topic = kafka.create_topic("keys", 1);
    const auto keys = named(20);
    produce(topic, keys, 20);
    Diary diary;
    const auto made =
        options(diary, topic, [](const Message&) { std::this_thread::sleep_for(2ms); });
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return diary.count() >= 400; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(diary.count(), 400U);
    EXPECT_GE(diary.most_at_once(), 4U);
    for (const std::string& key : keys) {
        EXPECT_EQ(diary.of(key), numbers(20)) << key;
    }
    EXPECT_EQ(kafka.committed(made.group, topic, 0), 400);
}

TEST_F(Lanes, keep_order_and_lose_nothing_when_the_handler_is_quick) {
    const std::string topic = kafka.create_topic("quick", 3);
    const auto keys = named(50);
    produce(topic, keys, 400);
    Diary diary;
    const auto made = options(diary, topic, [](const Message&) {});
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return diary.count() >= 20'000; }, 60s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(diary.count(), 20'000U);
    for (const std::string& key : keys) {
        EXPECT_EQ(diary.of(key), numbers(400)) << key;
    }
}

TEST_F(Lanes, let_only_the_followers_of_a_failing_key_wait) {
    const std::string topic = kafka.create_topic("failing", 1);
    const std::string dead = kafka.create_topic("failing.dlq", 1);
    produce(topic, {"good", "bad", "fine"}, 50);
    Diary diary;
    auto made = options(diary, topic, [&](const Message& message) {
        if (message.key() == "bad" && message.payload() == "7") {
            // The others go on meanwhile, to their end.
            EXPECT_TRUE(eventually(
                [&] { return diary.of("good").size() == 50 && diary.of("fine").size() == 50; }, 20s
            ));
            throw std::runtime_error("no");
        }
    });
    made.dead_letter_topic = dead;
    made.policy.max_messages = 1;  // or what is in one call with the culprit is done twice
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return diary.count() >= 149; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    auto expected = numbers(50);
    expected.erase(expected.begin() + 7);
    EXPECT_EQ(diary.of("bad"), expected);
    const auto letters = kafka.read_all(dead);
    ASSERT_EQ(letters.size(), 1U);
    EXPECT_EQ(letters.front().payload, "7");
    EXPECT_EQ(letters.front().header("dlq_attempts"), "3");
    EXPECT_EQ(kafka.committed(made.group, topic, 0), 150);
}

TEST_F(Lanes, repeat_after_a_restart_only_what_was_unfinished) {
    const std::string topic = kafka.create_topic("resumed", 1);
    produce(topic, {"stuck"}, 1);
    produce(topic, named(30), 20);
    Diary first;
    std::atomic<bool> gives_up{false};
    auto made = options(first, topic, [&](const Message& message) {
        if (message.key() == "stuck") {
            EXPECT_TRUE(eventually([&] { return gives_up.load(); }, 30s));
            throw std::runtime_error("not in this life");
        }
    });
    {
        EngineUnderTest engine(kafka, made);
        engine.worker().start();
        ASSERT_TRUE(eventually([&] { return first.count() >= 600; }, 30s));
        gives_up = true;
        ASSERT_TRUE(engine.worker().stop(5s));
    }
    EXPECT_EQ(kafka.committed(made.group, topic, 0), 0);
    Diary second;
    produce(topic, {"new"}, 3);
    made.consumer = options(second, topic, [](const Message&) {}).consumer;
    EngineUnderTest engine(kafka, made);
    engine.worker().start();
    ASSERT_TRUE(eventually([&] { return second.count() >= 4; }, 30s));
    ASSERT_TRUE(engine.worker().stop(5s));
    EXPECT_EQ(second.of("stuck"), numbers(1));
    EXPECT_EQ(second.of("new"), numbers(3));
    EXPECT_EQ(second.count(), 4U);
    EXPECT_EQ(kafka.committed(made.group, topic, 0), 604);
}

TEST_F(Lanes, show_what_is_under_way) {
    const std::string topic = kafka.create_topic("shown", 1);
    produce(topic, {"a", "b"}, 1);
    Diary diary;
    std::atomic<bool> goes_on{false};
    EngineUnderTest engine(kafka, options(diary, topic, [&](const Message&) {
                               EXPECT_TRUE(eventually([&] { return goes_on.load(); }, 30s));
                           }));
    engine.worker().start();
    std::vector<processing::CallStatus> calls;
    ASSERT_TRUE(eventually([&] {
        calls = engine.worker().status().front().second.calls;
        return calls.size() == 2;
    }));
    std::set<std::string> keys;
    for (const auto& call : calls) {
        keys.insert(call.key);
        EXPECT_EQ(call.partition.topic, topic);
        EXPECT_EQ(call.records, 1U);
        EXPECT_EQ(call.attempt, 1);
    }
    EXPECT_EQ(keys, (std::set<std::string>{"a", "b"}));
    goes_on = true;
    ASSERT_TRUE(eventually([&] { return diary.count() == 2; }));
    ASSERT_TRUE(engine.worker().stop(5s));
}

}  // namespace
}  // namespace carafe
