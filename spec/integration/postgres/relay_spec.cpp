#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>

#include "carafe/testing/eventually.h"
#include "integration/postgres/relay_support.h"

namespace carafe::postgres::spec {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using carafe::testing::eventually;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using RelaySpec = RelayFixture;

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

}  // namespace
}  // namespace carafe::postgres::spec
