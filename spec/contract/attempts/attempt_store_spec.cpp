// What every AttemptStore does, the one in memory and the one in PostgreSQL.
#include <gtest/gtest.h>

#include <memory>

#include "carafe/postgres/pool.h"
#include "carafe/testing/postgres_fixture.h"
#include "postgres/attempt_store.h"
#include "processing/attempt_store.h"

namespace carafe::processing {
namespace {

struct InMemory {
    MemoryAttemptStore store;
};

struct InPostgres {
    testing::PostgresFixture database;
    postgres::Pool pool{database.settings(), "attempt store spec"};
    postgres::PostgresAttemptStore store{pool};
};

const PartitionId kOrders{"shop", "orders", 0};
const PartitionId kOthers{"shop", "orders", 1};

Failure failure(const std::string& message) {
    Failure made;
    made.error_class = "shop::UnknownOrder";
    made.error_message = message;
    return made;
}

template <typename Where>
class AttemptStoreContract : public ::testing::Test {
protected:
    AttemptStore& store() { return where_.store; }

private:
    Where where_;
};

using Implementations = ::testing::Types<InMemory, InPostgres>;
TYPED_TEST_SUITE(AttemptStoreContract, Implementations);

TYPED_TEST(AttemptStoreContract, knows_nothing_at_first) {
    EXPECT_TRUE(this->store().load(kOrders, 0).empty());
}

TYPED_TEST(AttemptStoreContract, keeps_the_attempt_and_why_the_one_before_failed) {
    this->store().write_attempt(kOrders, 7, 2, failure("no such order"));
    this->store().write_attempt(kOrders, 7, 3, failure("still none"));
    const History history = this->store().load(kOrders, 0);
    ASSERT_EQ(history.records.size(), 1U);
    EXPECT_EQ(history.records[0].offset, 7);
    EXPECT_EQ(history.records[0].attempts, 3);
    EXPECT_EQ(history.records[0].failure.error_class, "shop::UnknownOrder");
    EXPECT_EQ(history.records[0].failure.error_message, "still none");
    EXPECT_TRUE(this->store().load(kOthers, 0).empty());
}

TYPED_TEST(AttemptStoreContract, never_lets_a_stale_writer_lower_the_attempts) {
    this->store().write_attempt(kOrders, 7, 3, failure("new"));
    this->store().write_attempt(kOrders, 7, 2, failure("stale"));
    EXPECT_EQ(this->store().load(kOrders, 0).records.front().attempts, 3);
}

TYPED_TEST(AttemptStoreContract, gives_the_records_in_offset_order_from_the_position_on) {
    for (const std::int64_t offset : {9, 3, 12, 7}) {
        this->store().write_attempt(kOrders, offset, 2, failure("x"));
    }
    const History history = this->store().load(kOrders, 7);
    ASSERT_EQ(history.records.size(), 3U);
    EXPECT_EQ(history.records[0].offset, 7);
    EXPECT_EQ(history.records[2].offset, 12);
}

TYPED_TEST(AttemptStoreContract, counts_deaths_and_keeps_suspect_ranges) {
    this->store().suspect({{kOrders, {4, 9}, false}, {kOrders, {6, 6}, true}});
    this->store().suspect({{kOrders, {6, 6}, true}});
    const History history = this->store().load(kOrders, 0);
    ASSERT_EQ(history.records.size(), 1U);
    EXPECT_EQ(history.records[0].deaths, 2);
    EXPECT_EQ(history.records[0].attempts, 0);
    ASSERT_EQ(history.suspects.size(), 1U);
    EXPECT_EQ(history.suspects[0].first, 4);
    EXPECT_EQ(history.suspects[0].last, 9);
}

TYPED_TEST(AttemptStoreContract, forgets_what_is_done) {
    this->store().write_attempt(kOrders, 7, 2, failure("x"));
    this->store().write_attempt(kOthers, 1, 2, failure("x"));
    this->store().suspect({{kOrders, {4, 6}, false}, {kOrders, {6, 9}, false}});
    this->store().forget(kOrders, 8);
    const History history = this->store().load(kOrders, 0);
    EXPECT_TRUE(history.records.empty());
    EXPECT_EQ(history.suspects.size(), 1U);
    EXPECT_FALSE(this->store().load(kOthers, 0).empty());
}

TYPED_TEST(AttemptStoreContract, takes_a_message_of_any_bytes_and_length) {
    std::string hostile("before\0after \xff\xfe ", 16);
    hostile.append(5'000, 'x');
    EXPECT_NO_THROW(this->store().write_attempt(kOrders, 7, 2, failure(hostile)));
    EXPECT_EQ(this->store().load(kOrders, 0).records.front().attempts, 2);
}

}  // namespace
}  // namespace carafe::processing
