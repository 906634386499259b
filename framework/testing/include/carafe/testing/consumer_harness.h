#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "carafe/consumer.h"
#include "carafe/testing/messages.h"

namespace carafe::testing {

// Runs a consumer without a broker, by the engine's own rules: batches, retries (without waiting),
// setting a culprit apart, dead letters.
//
//     HelloConsumer consumer;
//     ConsumerHarness harness(consumer);
//     harness.produce({.key = "a", .payload = "hello"});
//     harness.consume();
//     EXPECT_TRUE(harness.dead_letters().empty());
class ConsumerHarness {
public:
    struct Options {
        std::string topic = "topic";
        int attempts = 3;
        std::size_t max_messages = 500;
    };
    struct DeadLetter {
        std::int64_t offset = 0;
        TestRecord record{};
        int attempts = 0;
        std::string error_class{};
        std::string error_message{};
    };

    // `consumer` must outlive the harness.
    explicit ConsumerHarness(Consumer& consumer);
    ConsumerHarness(Consumer& consumer, Options options);
    ~ConsumerHarness();
    ConsumerHarness(const ConsumerHarness&) = delete;
    ConsumerHarness& operator=(const ConsumerHarness&) = delete;

    void produce(TestRecord record);
    // Delivers all that was produced since the last call, until each record is done or a dead
    // letter. Throws what the consumer threw when that is transient: a worker would wait it out.
    void consume();
    [[nodiscard]] const std::vector<DeadLetter>& dead_letters() const { return dead_letters_; }

private:
    class Run;

    Consumer& consumer_;
    const Options options_;
    std::vector<TestRecord> pending_;
    std::int64_t next_offset_ = 0;
    std::vector<DeadLetter> dead_letters_;
};

}  // namespace carafe::testing
