#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "carafe/postgres/pool.h"
#include "carafe/postgres/relay.h"
#include "carafe/testing/eventually.h"
#include "carafe/testing/fake_broker.h"
#include "carafe/testing/postgres_fixture.h"

using namespace carafe;
using namespace carafe::postgres;
using namespace std::chrono_literals;
using namespace std::string_literals;
using carafe::testing::eventually;
using carafe::testing::FakeBroker;
using carafe::testing::PostgresFixture;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Clock = std::chrono::steady_clock;

namespace {

Record record(const std::string& key, const std::string& payload) {
    return {"orders", key, payload, {{"ce_id", key + "-" + payload}}};
}

// The payloads "0" ... "count - 1".
std::vector<std::string> numbers(int count) {
    std::vector<std::string> payloads;
    for (int number = 0; number < count; ++number) {
        payloads.push_back(std::to_string(number));
    }
    return payloads;
}

// A key of every shard, so that whoever leases what, each relay has work.
std::vector<std::string> keys_of_all_shards() {
    std::map<int, std::string> keys;
    for (int number = 0; keys.size() < static_cast<std::size_t>(kOutboxShards); ++number) {
        const std::string key = "order-" + std::to_string(number);
        keys.emplace(outbox_shard(key), key);
    }
    std::vector<std::string> all;
    for (const auto& [shard, key] : keys) {
        all.push_back(key);
    }
    return all;
}

class RelaySpec : public ::testing::Test {
protected:
    void write(const std::vector<Record>& records) {
        {
            pqxx::work tx(*writer_);
            enqueue(tx, records);
            tx.commit();
        }
        signal_.notify();
    }

    std::unique_ptr<Relay> relay(RelaySignal& signal, const std::string& owner) {
        auto relay = std::make_unique<Relay>(
            database_.settings(), [this] { return broker_.connect(); }, signal, owner
        );
        relay->start();
        return relay;
    }
    std::unique_ptr<Relay> relay() { return relay(signal_, "one"); }

    int shards_of(const std::string& owner) const {
        return std::stoi(database_.value(
            "SELECT count(*) FROM outbox_shards WHERE leased_until > clock_timestamp() AND owner "
            "LIKE '" +
            owner + "/%'"
        ));
    }
    std::string rows() const { return database_.value("SELECT count(*) FROM outbox"); }

    PostgresFixture database_;
    FakeBroker broker_;
    RelaySignal signal_;
    std::unique_ptr<pqxx::connection> writer_ = database_.connect();
};

}  // namespace

TEST_F(RelaySpec, publishes_what_was_committed_and_then_deletes_it) {
    const auto one = relay();
    write({record("a", "1"), record("a", "2"), record("b", "1")});
    EXPECT_TRUE(eventually([&] { return broker_.size() == 3; }));
    EXPECT_TRUE(eventually([&] { return rows() == "0"; }));
    EXPECT_THAT(broker_.payloads_of("a"), ElementsAre("1", "2"));
}

TEST_F(RelaySpec, keeps_every_byte) {
    const auto one = relay();
    const Record odd{
        "orders", "\x00k\xff"s, "\x00p\xfe"s, {{"h", "\x00\xff"s}, {"h", "2"}, {"é", ""}}};
    const Record bare{"orders", std::nullopt, std::nullopt, {}};
    write({odd, bare});
    ASSERT_TRUE(eventually([&] { return broker_.size() == 2; }));
    for (const Record& got : broker_.records()) {
        const Record& expected = got.key ? odd : bare;
        EXPECT_EQ(got.topic, expected.topic);
        EXPECT_EQ(got.key, expected.key);
        EXPECT_EQ(got.payload, expected.payload);
        EXPECT_EQ(got.headers, expected.headers);
    }
}

TEST_F(RelaySpec, publishes_nothing_of_a_transaction_that_was_rolled_back) {
    const auto one = relay();
    {
        pqxx::work tx(*writer_);
        enqueue(tx, {record("a", "never")});
    }
    write({record("a", "1")});
    ASSERT_TRUE(eventually([&] { return broker_.size() == 1; }));
    EXPECT_THAT(broker_.payloads_of("a"), ElementsAre("1"));
}

TEST_F(RelaySpec, publishes_rows_of_a_writer_that_tells_nobody) {
    const auto one = relay();
    database_.execute("INSERT INTO outbox (shard, topic, payload) VALUES (3, 'orders', 'x')");
    EXPECT_TRUE(eventually([&] { return broker_.size() == 1; }));
}

TEST_F(RelaySpec, keeps_rows_and_their_order_while_the_broker_is_away) {
    broker_.set_away(true);
    const auto one = relay();
    for (int number = 0; number < 20; ++number) {
        write({record("a", std::to_string(number)), record("b", std::to_string(number))});
    }
    ASSERT_TRUE(eventually([&] { return broker_.calls() > 3; }));
    EXPECT_EQ(rows(), "40");
    broker_.set_away(false);
    ASSERT_TRUE(eventually([&] { return rows() == "0"; }));
    EXPECT_THAT(broker_.payloads_of("a"), numbers(20));
    EXPECT_THAT(broker_.payloads_of("b"), numbers(20));
}

TEST_F(RelaySpec, publishes_other_rows_while_some_are_in_flight) {
    broker_.hold([](const Record& record) { return record.key == "a"; });
    const auto one = relay();
    write({record("a", "0")});
    ASSERT_TRUE(eventually([&] { return broker_.calls() == 1; }));
    write({record("a", "1"), record("b", "0")});
    write({record("b", "1")});
    ASSERT_TRUE(eventually([&] { return broker_.payloads_of("b") == numbers(2); }));
    ASSERT_TRUE(eventually([&] { return rows() == "2"; }));
    EXPECT_EQ(broker_.calls(), 3) << "nothing more of a key that is in flight, and nothing twice";
    broker_.hold({});
    ASSERT_TRUE(eventually([&] { return rows() == "0"; }));
    EXPECT_THAT(broker_.payloads_of("a"), numbers(2));
    EXPECT_EQ(broker_.producers(), 1);
}

TEST_F(RelaySpec, has_so_much_of_a_topic_in_flight_and_not_more_and_goes_on_with_others) {
    broker_.hold([](const Record& record) { return record.topic == "stuck"; });
    const auto one = relay();
    database_.execute(
        "INSERT INTO outbox (shard, topic, key, payload)"
        " SELECT i % 16, 'stuck', i::text::bytea, '0' FROM generate_series(1, 4000) i"
    );
    std::vector<std::string> lines;
    ASSERT_TRUE(eventually([&] {
        lines.push_back(std::to_string(lines.size()));
        write({record("a", lines.back())});
        return broker_.calls() > 1'000 &&
               eventually([&] { return broker_.payloads_of("a").size() == lines.size(); });
    }));
    EXPECT_EQ(broker_.payloads_of("a"), lines);
    EXPECT_LT(broker_.calls(), 4'000);
    broker_.hold({});
    ASSERT_TRUE(eventually([&] { return rows() == "0"; }));
    EXPECT_EQ(broker_.records_of("stuck").size(), 4'000U);
    EXPECT_EQ(broker_.producers(), 1);
}

TEST_F(RelaySpec, waits_for_what_is_in_flight_before_another_gets_its_shards) {
    broker_.hold([](const Record&) { return true; });
    auto one = relay();
    const auto keys = keys_of_all_shards();
    std::vector<Record> records;
    for (const std::string& key : keys) {
        records.push_back(record(key, "0"));
    }
    ASSERT_TRUE(eventually([&] { return shards_of("one") == 16; }));
    write(records);
    ASSERT_TRUE(eventually([&] { return broker_.calls() == 16; }));
    RelaySignal other;
    auto two = relay(other, "two");
    ASSERT_TRUE(eventually([&] {
        return database_.value("SELECT count(*) FROM outbox_relays") == "2";
    }));
    broker_.hold({});
    ASSERT_TRUE(eventually([&] { return shards_of("two") == 8 && rows() == "0"; }));
    for (const std::string& key : keys) {
        EXPECT_THAT(broker_.payloads_of(key), numbers(1));
    }
}

TEST_F(RelaySpec, gives_shards_away_though_the_broker_takes_nothing_of_them) {
    broker_.hold([](const Record& record) { return record.payload == "0"; });
    auto one = relay();
    ASSERT_TRUE(eventually([&] { return shards_of("one") == 16; }));
    std::vector<Record> records;
    for (const std::string& key : keys_of_all_shards()) {
        records.push_back(record(key, "0"));
    }
    write(records);
    ASSERT_TRUE(eventually([&] { return broker_.calls() == 16; }));
    RelaySignal other;
    auto two = relay(other, "two");
    ASSERT_TRUE(eventually([&] { return shards_of("two") == 8; }));
    two->stop();
    EXPECT_EQ(shards_of("two"), 0);
    broker_.hold({});
    ASSERT_TRUE(eventually([&] { return rows() == "0"; }));
    for (const std::string& key : keys_of_all_shards()) {
        EXPECT_THAT(broker_.payloads_of(key), numbers(1));
    }
}

TEST_F(RelaySpec, parks_a_refused_record_and_later_ones_of_its_key_until_a_restart) {
    broker_.refuse([](const Record& record) { return record.payload == "0"; });
    auto one = relay();
    write({record("a", "0")});
    ASSERT_TRUE(eventually([&] {
        return database_.value("SELECT count(*) FROM outbox_parked") == "1";
    }));
    EXPECT_EQ(database_.value("SELECT error FROM outbox_parked"), "the record was refused");
    write({record("a", "1"), record("b", "1"), record("a", "2")});
    ASSERT_TRUE(eventually([&] {
        return database_.value("SELECT count(*) FROM outbox_parked") == "3";
    }));
    EXPECT_THAT(broker_.payloads_of("a"), IsEmpty());
    EXPECT_TRUE(eventually([&] { return broker_.payloads_of("b").size() == 1; }));

    one->stop();
    broker_.refuse({});
    one = relay(signal_, "two");
    write({record("a", "3")});
    ASSERT_TRUE(eventually([&] { return broker_.payloads_of("a").size() == 4; }));
    EXPECT_THAT(broker_.payloads_of("a"), numbers(4));
    EXPECT_TRUE(eventually([&] { return rows() == "0"; }));
    EXPECT_EQ(database_.value("SELECT count(*) FROM outbox_parked"), "0");
}

TEST_F(RelaySpec, parks_a_row_whose_headers_are_not_headers) {
    const auto one = relay();
    database_.execute("INSERT INTO outbox (shard, topic, headers) VALUES (3, 'orders', '{}')");
    EXPECT_TRUE(eventually([&] {
        return database_.value("SELECT count(*) FROM outbox_parked WHERE error LIKE '%JSON%'") ==
               "1";
    }));
}

TEST_F(RelaySpec, makes_a_new_producer_when_one_fails) {
    std::atomic<bool> broken{true};
    broker_.on_produce([&](const auto&) {
        if (broken.exchange(false)) {
            throw std::runtime_error("fenced");
        }
    });
    const auto one = relay();
    write({record("a", "1")});
    ASSERT_TRUE(eventually([&] { return broker_.size() == 1; }));
    EXPECT_EQ(broker_.producers(), 2);
}

TEST_F(RelaySpec, goes_on_after_its_connection_was_cut_and_repeats_nothing) {
    std::atomic<bool> cut{true};
    broker_.on_produce([&](const auto&) {
        if (cut.exchange(false)) {
            database_.execute("SELECT pg_terminate_backend(pid) FROM relay_pid");
        }
    });
    // Which backend is this relay's: the one that registers it.
    database_.execute(
        "CREATE TABLE relay_pid (pid int);"
        "CREATE FUNCTION note_pid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " DELETE FROM relay_pid; INSERT INTO relay_pid VALUES (pg_backend_pid()); RETURN NEW;"
        " END $$;"
        "CREATE TRIGGER note BEFORE INSERT ON outbox_relays FOR EACH ROW EXECUTE FUNCTION "
        "note_pid()"
    );
    const auto one = relay();
    write({record("a", "0")});
    ASSERT_TRUE(eventually([&] { return broker_.size() == 1; }));
    write({record("a", "1")});
    ASSERT_TRUE(eventually([&] { return rows() == "0"; }));
    EXPECT_THAT(broker_.payloads_of("a"), ElementsAre("0", "1"));
}

TEST_F(RelaySpec, shares_the_shards_with_another_and_gives_them_back_when_it_stops) {
    auto one = relay();
    ASSERT_TRUE(eventually([&] { return shards_of("one") == 16; }));
    RelaySignal other;
    auto two = relay(other, "two");
    ASSERT_TRUE(eventually([&] { return shards_of("one") == 8 && shards_of("two") == 8; }));
    one->stop();
    EXPECT_EQ(shards_of("one"), 0);
    const auto stopped = Clock::now();
    ASSERT_TRUE(eventually([&] { return shards_of("two") == 16; }));
    EXPECT_LT(Clock::now() - stopped, 1s);  // told so; a renewal alone would do in the end
}

TEST_F(RelaySpec, publishes_each_record_once_with_two_relays) {
    RelaySignal other;
    auto one = relay();
    auto two = relay(other, "two");
    ASSERT_TRUE(eventually([&] { return shards_of("one") == 8 && shards_of("two") == 8; }));
    const auto keys = keys_of_all_shards();
    for (int number = 0; number < 50; ++number) {
        std::vector<Record> records;
        for (const std::string& key : keys) {
            records.push_back(record(key, std::to_string(number)));
        }
        write(records);
    }
    ASSERT_TRUE(eventually([&] { return rows() == "0"; }));
    for (const std::string& key : keys) {
        EXPECT_THAT(broker_.payloads_of(key), numbers(50));
    }
    EXPECT_EQ(broker_.producers(), 2);
}

TEST_F(RelaySpec, takes_over_from_a_dead_relay_within_its_lease) {
    database_.execute(
        "UPDATE outbox_shards SET owner = 'dead/1/1', epoch = 7, leased_until = clock_timestamp() "
        "+ "
        "interval '2.5 s'; INSERT INTO outbox_relays VALUES ('dead/1/1', clock_timestamp() + "
        "interval '2.5 s')"
    );
    write({record("a", "1")});
    const auto died = Clock::now();
    const auto one = relay();
    ASSERT_TRUE(eventually([&] { return broker_.size() == 1; }));
    EXPECT_GT(Clock::now() - died, 2s);
    EXPECT_LT(Clock::now() - died, 5s);
    EXPECT_EQ(database_.value("SELECT DISTINCT epoch FROM outbox_shards"), "8");
}

TEST_F(RelaySpec, keeps_the_order_of_keys_when_a_stalled_relay_wakes_up_after_its_lease) {
    std::atomic<bool> stalled{true};
    std::atomic<int> calls{0};
    broker_.on_produce([&](const auto&) {
        if (calls++ == 0) {
            EXPECT_TRUE(eventually([&] { return !stalled; }, 20s));
        }
    });
    auto one = relay();
    write({record("a", "0"), record("a", "1")});
    ASSERT_TRUE(eventually([&] { return calls == 1; }));
    RelaySignal other;
    auto two = relay(other, "two");
    ASSERT_TRUE(eventually([&] { return broker_.size() == 2; }));
    write({record("a", "2")});
    other.notify();
    ASSERT_TRUE(eventually([&] { return broker_.size() == 3; }));
    stalled = false;  // publishes 0 and 1 again: repeats, but behind their first occurrence
    ASSERT_TRUE(eventually([&] { return broker_.producers() == 3 || broker_.size() == 5; }));
    write({record("a", "3")});
    other.notify();
    ASSERT_TRUE(eventually([&] { return rows() == "0"; }));
    std::vector<std::string> first_occurrences;
    std::set<std::string> seen;
    for (const std::string& payload : broker_.payloads_of("a")) {
        if (seen.insert(payload).second) {
            first_occurrences.push_back(payload);
        }
    }
    EXPECT_THAT(first_occurrences, numbers(4));
}

TEST_F(RelaySpec, may_be_stopped_twice_and_before_it_starts) {
    Relay never(
        database_.settings(), [this] { return broker_.connect(); }, signal_, "never"
    );
    never.stop();
    never.start();
    never.stop();
    auto one = relay();
    one->stop();
    one->stop();
    EXPECT_EQ(database_.value("SELECT count(*) FROM outbox_relays"), "0");
}

TEST_F(RelaySpec, starts_while_the_database_is_away_and_stops_all_the_same) {
    DatabaseSettings nowhere;
    nowhere.url = "postgresql://me@127.0.0.1:1/shop";
    Relay one(
        nowhere, [this] { return broker_.connect(); }, signal_, "one"
    );
    one.start();
    one.stop();
    EXPECT_EQ(broker_.producers(), 0);
}
