#include <gtest/gtest.h>

#include "carafe/errors.h"
#include "carafe/postgres/outbox.h"
#include "carafe/postgres/transactional_consumer.h"
#include "carafe/testing/consumer_harness.h"
#include "carafe/testing/postgres_fixture.h"

namespace carafe::testing {
namespace {

// Books what it reads, and announces it.
class Bookkeeper final : public postgres::TransactionalConsumer {
public:
    void consume(const Batch& batch, pqxx::work& tx) override {
        for (const Message& message : batch) {
            const std::string payload(message.payload().value_or(""));
            tx.exec_params("INSERT INTO booked VALUES ($1)", payload);
            postgres::enqueue(tx, {{"booked", "k", payload, {{"from", "bookkeeper"}}}});
            if (payload == "bad") {
                throw std::runtime_error("cannot book it");
            }
            if (payload == "marked") {
                batch.fail(message, "not today");
            }
        }
    }
};

class TransactionalHarness : public ::testing::Test {
protected:
    TransactionalHarness() { database.execute("CREATE TABLE booked (what text)"); }

    [[nodiscard]] std::string booked() const {
        return database.value("SELECT string_agg(what, ' ' ORDER BY what) FROM booked");
    }

    PostgresFixture database;
    Bookkeeper bookkeeper;
};

TEST_F(TransactionalHarness, commits_effects_and_gives_what_went_into_the_outbox) {
    ConsumerHarness harness(bookkeeper, database);
    harness.produce({.payload = "a"});
    harness.produce({.payload = "b"});
    harness.consume();
    EXPECT_EQ(booked(), "a b");
    ASSERT_EQ(harness.produced().size(), 2U);
    EXPECT_EQ(harness.produced()[0].topic, "booked");
    EXPECT_EQ(harness.produced()[0].payload, "a");
    EXPECT_EQ(harness.produced()[0].headers.front().second, "bookkeeper");
    EXPECT_EQ(database.value("SELECT count(*) FROM outbox"), "0");
}

TEST_F(TransactionalHarness, rolls_back_what_failed_and_dead_letters_the_culprit_alone) {
    ConsumerHarness harness(bookkeeper, database, {.attempts = 2});
    for (const char* payload : {"a", "bad", "marked", "b"}) {
        harness.produce({.payload = payload});
    }
    harness.consume();
    EXPECT_EQ(booked(), "a b");
    EXPECT_EQ(harness.produced().size(), 2U);
    ASSERT_EQ(harness.dead_letters().size(), 2U);
    EXPECT_EQ(harness.dead_letters()[0].error_message, "cannot book it");
    EXPECT_EQ(harness.dead_letters()[1].error_message, "not today");
}

TEST_F(TransactionalHarness, hands_an_outage_to_the_spec) {
    ConsumerHarness harness(bookkeeper, database);
    database.execute("DROP TABLE booked");
    harness.produce({.payload = "a"});
    EXPECT_ANY_THROW(harness.consume());
    EXPECT_TRUE(harness.dead_letters().empty());
}

}  // namespace
}  // namespace carafe::testing
