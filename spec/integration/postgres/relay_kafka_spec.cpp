// The relay against the real broker: order per key, every record, and refusals.
#include <gmock/gmock.h>

#include "carafe/postgres/pool.h"
#include "carafe/postgres/relay.h"
#include "carafe/testing/eventually.h"
#include "carafe/testing/kafka_fixture.h"
#include "carafe/testing/postgres_fixture.h"

using namespace carafe;
using namespace carafe::postgres;
using namespace std::chrono_literals;
using carafe::testing::eventually;
using carafe::testing::KafkaFixture;
using carafe::testing::PostgresFixture;
using carafe::testing::StoredRecord;

namespace {

class RelayKafkaSpec : public ::testing::Test {
protected:
    std::unique_ptr<Relay> relay() {
        auto relay = std::make_unique<Relay>(
            database_.settings(), relay_producers(kafka_.properties()), signal_, "spec"
        );
        relay->start();
        return relay;
    }

    void write(const std::vector<Record>& records) {
        {
            pqxx::work tx(*writer_);
            enqueue(tx, records);
            tx.commit();
        }
        signal_.notify();
    }

    std::string count(const std::string& table) const {
        return database_.value("SELECT count(*) FROM " + table);
    }

    KafkaFixture kafka_;
    PostgresFixture database_;
    RelaySignal signal_;
    std::unique_ptr<pqxx::connection> writer_ = database_.connect();
};

}  // namespace

TEST(RelayProducers, leave_the_last_word_to_the_operator) {
    EXPECT_NO_THROW(relay_producers({{"linger.ms", "5"}})());
    EXPECT_THROW(relay_producers({{"linger.ms", "soon"}})(), ConfigurationError);
}

TEST_F(RelayKafkaSpec, publishes_every_record_once_and_in_the_order_of_its_key) {
    constexpr int kKeys = 40;
    constexpr int kRounds = 25;
    const std::string topic = kafka_.create_topic("orders");
    auto one = relay();
    for (int round = 0; round < kRounds; ++round) {
        std::vector<Record> records;
        for (int key = 0; key < kKeys; ++key) {
            records.push_back(
                {topic, "key-" + std::to_string(key), std::to_string(round), {{"ce_id", "x"}}}
            );
        }
        write(records);
    }
    ASSERT_TRUE(eventually([&] { return count("outbox") == "0"; }, 30s));
    std::map<std::string, int> next;
    for (const StoredRecord& record : kafka_.read_all(topic)) {
        EXPECT_EQ(record.payload, std::to_string(next[*record.key]++)) << *record.key;
        EXPECT_EQ(record.header("ce_id"), "x");
    }
    ASSERT_EQ(next.size(), static_cast<std::size_t>(kKeys));
    for (const auto& [key, rounds] : next) {
        EXPECT_EQ(rounds, kRounds) << key;
    }
}

TEST_F(RelayKafkaSpec, parks_a_record_that_is_too_large_and_lets_others_pass) {
    const std::string topic = kafka_.create_topic("orders");
    auto one = relay();
    write(
        {{topic, "a", std::string(2 * 1024 * 1024, 'x'), {}},
         {topic, "a", "after", {}},
         {topic, "b", "other", {}}}
    );
    ASSERT_TRUE(eventually([&] { return count("outbox_parked") == "2"; }, 20s));
    ASSERT_TRUE(eventually([&] { return count("outbox") == "0"; }));
    const std::vector<StoredRecord> stored = kafka_.read_all(topic);
    ASSERT_EQ(stored.size(), 1U);
    EXPECT_EQ(stored[0].payload, "other");
}
