#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "carafe/consumer.h"
#include "carafe/producer.h"
#include "carafe/testing/messages.h"

namespace carafe::postgres {
class TransactionalConsumer;
}

namespace carafe::testing {

class PostgresFixture;

// Runs a consumer without a broker, by the engine's own rules: batches, retries (without waiting),
// setting a culprit apart, dead letters. A TransactionalConsumer gets real transactions of the
// fixture's database; what it puts into the outbox is in produced(), once it has committed.
//
//     HelloConsumer consumer;
//     ConsumerHarness harness(consumer);
//     harness.produce({.key = "a", .payload = "hello"});
//     harness.consume();
//     EXPECT_TRUE(harness.dead_letters().empty());
//
// pause() takes no time, and what seek() goes back to is handed out again.
//
// What a carafe::Consumer produces by produce() is in produced() too, once its call has returned;
// what it sends by itself goes to the producer it was given: FakeBroker::connect(). The harness
// calls initialized() when it is made, and no other hook.
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
    // One call of the consumer.
    struct Call {
        std::vector<std::int64_t> offsets{};
        int attempt = 1;
        std::string error{};  // what it threw; empty: it returned
    };

    // `consumer` must outlive the harness, and so must the database.
    explicit ConsumerHarness(Consumer& consumer);
    ConsumerHarness(Consumer& consumer, Options options);
    ConsumerHarness(postgres::TransactionalConsumer& consumer, const PostgresFixture& database);
    ConsumerHarness(
        postgres::TransactionalConsumer& consumer, const PostgresFixture& database, Options options
    );
    ~ConsumerHarness();
    ConsumerHarness(const ConsumerHarness&) = delete;
    ConsumerHarness& operator=(const ConsumerHarness&) = delete;

    void produce(TestRecord record);
    // Delivers all that was produced since the last call, until each record is done or a dead
    // letter. Throws what the consumer threw when that is transient: a worker would wait it out.
    void consume();

    [[nodiscard]] const std::vector<DeadLetter>& dead_letters() const { return dead_letters_; }
    // In the order in which they were made.
    [[nodiscard]] const std::vector<Call>& calls() const { return calls_; }
    // Of calls that took effect, in order.
    [[nodiscard]] const std::vector<Record>& produced() const { return produced_; }

    class Target;

private:
    class Run;

    const std::unique_ptr<Target> target_;
    const Options options_;
    std::vector<TestRecord> pending_;
    std::int64_t next_offset_ = 0;
    std::vector<DeadLetter> dead_letters_;
    std::vector<Call> calls_;
    std::vector<Record> produced_;
};

}  // namespace carafe::testing
