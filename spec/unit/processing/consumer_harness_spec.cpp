#include <gtest/gtest.h>

#include <set>

#include "carafe/errors.h"
#include "carafe/testing/consumer_harness.h"

namespace carafe {
namespace {

using testing::ConsumerHarness;

class Greeter final : public Consumer {
public:
    void consume(const Batch& batch) override {
        ++calls;
        for (const Message& message : batch) {
            if (message.payload() == "boom") {
                throw std::runtime_error("boom");
            }
            if (message.payload() == "???") {
                throw UndecodableError(message, "not a greeting");
            }
            if (message.payload() == "away" && !is_up) {
                throw TransientError("the post office is closed");
            }
        }
        for (const Message& message : batch) {
            greeted.emplace_back(*message.payload());
        }
    }

    int calls = 0;
    bool is_up = false;
    std::vector<std::string> greeted;
};

TEST(ConsumerHarness, delivers_all_records_in_one_batch) {
    Greeter greeter;
    ConsumerHarness harness(greeter);
    harness.produce({.key = "a", .payload = "hello"});
    harness.produce({.key = "b", .payload = "hi"});
    harness.consume();
    EXPECT_EQ(greeter.greeted, (std::vector<std::string>{"hello", "hi"}));
    EXPECT_EQ(greeter.calls, 1);
}

TEST(ConsumerHarness, collects_dead_letters_as_a_worker_would) {
    Greeter greeter;
    ConsumerHarness harness(greeter);
    harness.produce({.payload = "hello"});
    harness.produce({.key = "k", .payload = "boom", .headers = {{"h", "1"}}});
    harness.produce({.payload = "???"});
    harness.produce({.payload = "hi"});
    harness.consume();
    EXPECT_EQ(greeter.greeted, (std::vector<std::string>{"hello", "hi"}));
    ASSERT_EQ(harness.dead_letters().size(), 2U);
    EXPECT_EQ(harness.dead_letters()[0].offset, 1);
    EXPECT_EQ(harness.dead_letters()[0].attempts, 3);
    EXPECT_EQ(harness.dead_letters()[0].record.key, "k");
    EXPECT_EQ(harness.dead_letters()[0].record.headers.front().second, "1");
    EXPECT_EQ(harness.dead_letters()[0].error_message, "boom");
    EXPECT_EQ(harness.dead_letters()[1].attempts, 1);
    EXPECT_EQ(harness.dead_letters()[1].error_class, "carafe::UndecodableError");
}

TEST(ConsumerHarness, cuts_batches_as_the_route_does_and_counts_offsets_on) {
    Greeter greeter;
    ConsumerHarness harness(greeter, {.topic = "t", .attempts = 1, .max_messages = 2});
    for (const char* payload : {"1", "2", "3"}) {
        harness.produce({.payload = payload});
    }
    harness.consume();
    EXPECT_EQ(greeter.calls, 2);
    harness.produce({.payload = "boom"});
    harness.consume();
    ASSERT_EQ(harness.dead_letters().size(), 1U);
    EXPECT_EQ(harness.dead_letters()[0].offset, 3);
}

TEST(ConsumerHarness, tells_which_calls_were_made_and_what_came_of_them) {
    Greeter greeter;
    ConsumerHarness harness(greeter, {.attempts = 2});
    harness.produce({.payload = "hello"});
    harness.produce({.payload = "boom"});
    harness.consume();
    const auto& calls = harness.calls();
    ASSERT_EQ(calls.size(), 3U) << "both, then each half";
    EXPECT_EQ(calls[0].offsets, (std::vector<std::int64_t>{0, 1}));
    EXPECT_EQ(calls[0].error, "boom");
    EXPECT_EQ(calls[1].offsets, (std::vector<std::int64_t>{0}));
    EXPECT_EQ(calls[1].error, "");
    EXPECT_EQ(calls[2].offsets, (std::vector<std::int64_t>{1}));
    EXPECT_EQ(calls[2].attempt, 2);
}

TEST(ConsumerHarness, hands_a_transient_error_to_the_spec) {
    Greeter greeter;
    ConsumerHarness harness(greeter);
    harness.produce({.payload = "away"});
    EXPECT_THROW(harness.consume(), TransientError);
}

class Announcing final : public Consumer {
public:
    void initialized() override { announcement_ = "seen on " + services().topic(); }
    void consume(const Batch& batch) override {
        for (const Message& message : batch) {
            produce({{"announcements", std::string(*message.key()), announcement_, {}}});
        }
    }

private:
    std::string announcement_;
};

TEST(ConsumerHarness, keeps_what_a_consumer_produces) {
    Announcing consumer;
    testing::ConsumerHarness harness(consumer, {.topic = "orders"});
    harness.produce({.key = "a"});
    harness.produce({.key = "b"});
    harness.consume();
    ASSERT_EQ(harness.produced().size(), 2U);
    EXPECT_EQ(harness.produced()[1].key, "b");
    EXPECT_EQ(harness.produced()[1].payload, "seen on orders");
}

// Does as it is told by a record, once.
class Asking final : public Consumer {
public:
    void consume(const Batch& batch) override {
        for (const Message& message : batch) {
            seen.push_back(message.offset());
            if (asked_.insert(message.offset()).second) {
                obey(message);
            }
        }
    }

    std::vector<std::int64_t> seen;

private:
    void obey(const Message& message) {
        if (message.payload() == "back") {
            seek(0);
        } else if (message.payload() == "on") {
            seek(message.offset() + 2);
        } else if (message.payload() == "mark") {
            mark_as_consumed(message);
        } else if (message.payload() == "pause") {
            pause(std::chrono::hours(1));
            throw std::runtime_error("the post office is closed");
        }
    }

    std::set<std::int64_t> asked_;
};

TEST(ConsumerHarness, goes_where_the_consumer_seeks) {
    Asking asking;
    ConsumerHarness harness(asking, {.max_messages = 1});
    for (const char* payload : {"", "back", "on", "skipped", ""}) {
        harness.produce({.payload = payload});
    }
    harness.consume();
    EXPECT_EQ(asking.seen, (std::vector<std::int64_t>{0, 1, 0, 1, 2, 4}));
}

TEST(ConsumerHarness, hands_out_nothing_again_that_was_marked_as_consumed) {
    Asking asking;
    ConsumerHarness harness(asking);
    for (const char* payload : {"", "mark", "pause"}) {
        harness.produce({.payload = payload});
    }
    harness.consume();
    EXPECT_EQ(asking.seen, (std::vector<std::int64_t>{0, 1, 2, 2}));
    EXPECT_TRUE(harness.dead_letters().empty());
}

}  // namespace
}  // namespace carafe
