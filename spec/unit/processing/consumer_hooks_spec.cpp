#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "carafe/consumer.h"
#include "carafe/testing/messages.h"
#include "processing/consumer_call.h"
#include "processing/ticker.h"

namespace carafe::processing {
namespace {

using namespace std::chrono_literals;

class Services final : public ConsumerServices {
public:
    [[nodiscard]] const std::string& group() const override { return group_; }
    [[nodiscard]] const std::string& topic() const override { return topic_; }
    [[nodiscard]] std::int32_t partition() const override { return 2; }
    void produce(const std::vector<Record>& records) override {
        produced.insert(produced.end(), records.begin(), records.end());
    }
    [[nodiscard]] Producer& producer() override { throw std::logic_error("none"); }
    [[nodiscard]] postgres::Pool& database() override { throw std::logic_error("none"); }
    [[nodiscard]] std::chrono::system_clock::time_point now() const override {
        return std::chrono::system_clock::time_point(7s);
    }
    void pause(std::chrono::milliseconds time) override {
        asked.push_back("pause " + std::to_string(time.count()));
    }
    void resume() override { asked.emplace_back("resume"); }
    void seek(std::int64_t offset) override { asked.push_back("seek " + std::to_string(offset)); }
    void mark_as_consumed(const Message& message) override {
        asked.push_back("mark " + std::to_string(message.offset()));
    }

    std::vector<Record> produced;
    std::vector<std::string> asked;

private:
    const std::string group_ = "group";
    const std::string topic_ = "orders";
};

class TalkingConsumer final : public Consumer {
public:
    void initialized() override { hooks.emplace_back("initialized"); }
    void idle() override { hooks.emplace_back("idle"); }
    void tick() override {
        hooks.emplace_back("tick");
        produce({{"ticks", "key", "at " + std::to_string(now().time_since_epoch() / 1s), {}}});
    }
    void revoked() override { throw std::runtime_error("cannot say goodbye"); }
    void shutdown() override { throw 17; }
    void consume(const Batch& /*batch*/) override {}

    std::vector<log::Field> place(const Message& message) { return log(message).place(); }

    std::vector<std::string> hooks;
};

class Failures final : public EngineListener {
public:
    void on_hook_failed(const PartitionId& id, const char* hook, const Failure& failure) override {
        told.push_back(id.topic + " " + hook + ": " + failure.error_message);
    }

    std::vector<std::string> told;
};

class ConsumerHooks : public ::testing::Test {
protected:
    const PartitionId id{"group", "orders", 2};
    Failures failures;
    const std::vector<Classifier> classifiers;
    std::atomic<std::int64_t> progress{0};
    ConsumerCall call{{id, failures, classifiers, nullptr, progress}};
    Services services;
    TalkingConsumer consumer;
};

TEST_F(ConsumerHooks, are_called_by_name) {
    consumer.bind(services);
    call.initialize(consumer);
    call.hook(consumer, Hook::kIdle);
    call.hook(consumer, Hook::kTick);
    EXPECT_EQ(consumer.hooks, (std::vector<std::string>{"initialized", "idle", "tick"}));
    ASSERT_EQ(services.produced.size(), 1U);
    EXPECT_EQ(services.produced.front().payload, "at 7");
    EXPECT_TRUE(failures.told.empty());
}

TEST_F(ConsumerHooks, may_throw_anything_and_the_listener_is_told) {
    call.hook(consumer, Hook::kRevoked);
    call.hook(consumer, Hook::kShutdown);
    ASSERT_EQ(failures.told.size(), 2U);
    EXPECT_EQ(failures.told.front(), "orders revoked: cannot say goodbye");
    EXPECT_THAT(failures.told.back(), ::testing::StartsWith("orders shutdown: "));
}

TEST_F(ConsumerHooks, show_among_the_calls_under_way) {
    class Looking final : public Consumer {
    public:
        explicit Looking(ConsumerCall& call) : call_(call) {}
        void consume(const Batch& /*batch*/) override {}
        void tick() override { seen = call_.status(); }
        std::optional<CallStatus> seen;

    private:
        ConsumerCall& call_;
    };
    Looking looking(call);
    call.hook(looking, Hook::kTick);
    ASSERT_TRUE(looking.seen);
    EXPECT_EQ(looking.seen->hook, "tick");
    EXPECT_EQ(looking.seen->records, 0U);
    EXPECT_FALSE(call.status());
}

TEST_F(ConsumerHooks, without_services_what_is_asked_for_is_an_error_that_says_when) {
    call.hook(consumer, Hook::kTick);
    ASSERT_EQ(failures.told.size(), 1U);
    EXPECT_THAT(failures.told.front(), ::testing::HasSubstr("from initialized() on"));
}

TEST_F(ConsumerHooks, the_log_names_the_place_and_the_trace) {
    consumer.bind(services);
    const testing::TestMessages messages(
        "orders",
        {{.payload = "1",
          .headers = {{"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}}},
         {.payload = "2", .headers = {{"traceparent", "nonsense"}}}},
        40
    );
    EXPECT_THAT(
        consumer.place(messages.all().front()),
        ::testing::ElementsAre(
            log::Field("group", "group"),
            log::Field("topic", "orders"),
            log::Field("partition", "2"),
            log::Field("offset", "40"),
            log::Field("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736")
        )
    );
    EXPECT_EQ(consumer.place(messages.all().back()).size(), 4U);
}

class Asking final : public Consumer {
public:
    void consume(const Batch& /*batch*/) override {}
    using BaseConsumer::mark_as_consumed;
    using BaseConsumer::pause;
    using BaseConsumer::resume;
    using BaseConsumer::seek;
};

TEST_F(ConsumerHooks, what_a_consumer_asks_for_is_checked_and_passed_on) {
    Asking asking;
    asking.bind(services);
    const testing::TestMessages messages("orders", {{.payload = "1"}}, 40);
    asking.pause(30s);
    asking.resume();
    asking.seek(0);
    asking.mark_as_consumed(messages.all().front());
    EXPECT_THROW(asking.pause(0ms), std::invalid_argument);
    EXPECT_THROW(asking.pause(24h + 1ms), std::invalid_argument);
    EXPECT_THROW(asking.seek(-1), std::invalid_argument);
    EXPECT_EQ(
        services.asked, (std::vector<std::string>{"pause 30000", "resume", "seek 0", "mark 40"})
    );
}

TEST(Ticker, is_due_an_interval_after_the_last_and_never_without_one) {
    const Ticker::Time start{100s};
    Ticker ticker(5s);
    EXPECT_FALSE(ticker.is_due(start));  // not started
    ticker.start(start);
    EXPECT_FALSE(ticker.is_due(start + 4999ms));
    EXPECT_TRUE(ticker.is_due(start + 5s));
    ticker.start(start + 17s);  // late: what was missed is not made up
    EXPECT_FALSE(ticker.is_due(start + 21s));
    Ticker never(0s);
    never.start(start);
    EXPECT_FALSE(never.is_due(start + 1000h));
}

}  // namespace
}  // namespace carafe::processing
