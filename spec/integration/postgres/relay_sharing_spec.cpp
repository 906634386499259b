// Several relays: who has which shards, and what becomes of the records in flight.
#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "carafe/testing/eventually.h"
#include "integration/postgres/relay_support.h"

namespace carafe::postgres::spec {
namespace {

using namespace std::chrono_literals;
using carafe::testing::eventually;
using Clock = std::chrono::steady_clock;

class RelaySharingSpec : public RelayFixture {
protected:
    // Their shares are even then.
    void make_all_busy() {
        database_.execute(
            "CREATE FUNCTION make_busy() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " NEW.busy := 1; RETURN NEW; END $$;"
            "CREATE TRIGGER busy BEFORE INSERT OR UPDATE ON outbox_relays FOR EACH ROW"
            " EXECUTE FUNCTION make_busy()"
        );
    }

    // The relay on this signal is to have all shards then.
    static void write_more_than_others(RelaySignal& signal) {
        for (int write = 0; write < 1'000; ++write) {
            signal.notify();
        }
    }
};

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

TEST_F(RelaySharingSpec, waits_for_what_is_in_flight_before_another_gets_its_shards) {
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
    write_more_than_others(other);
    ASSERT_TRUE(eventually([&] {
        return database_.value("SELECT max(writes) > 10 FROM outbox_relays") == "t";
    }));
    EXPECT_EQ(shards_of("two"), 0);
    broker_.hold({});
    ASSERT_TRUE(eventually([&] { return shards_of("two") == 16 && rows() == "0"; }));
    for (const std::string& key : keys) {
        EXPECT_THAT(broker_.payloads_of(key), numbers(1));
    }
}

TEST_F(RelaySharingSpec, gives_shards_away_though_the_broker_takes_nothing_of_them) {
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
    write_more_than_others(other);
    ASSERT_TRUE(eventually([&] { return shards_of("two") == 16; }));
    two->stop();
    EXPECT_EQ(shards_of("two"), 0);
    broker_.hold({});
    ASSERT_TRUE(eventually([&] { return rows() == "0"; }));
    for (const std::string& key : keys_of_all_shards()) {
        EXPECT_THAT(broker_.payloads_of(key), numbers(1));
    }
}

TEST_F(RelaySharingSpec, one_has_all_shards_and_another_stands_by) {
    auto one = relay();
    ASSERT_TRUE(eventually([&] { return shards_of("one") == 16; }));
    RelaySignal other;
    auto two = relay(other, "two");
    ASSERT_TRUE(eventually([&] {
        return database_.value("SELECT count(*) FROM outbox_relays") == "2";
    }));
    EXPECT_EQ(shards_of("one"), 16);
    one->stop();
    EXPECT_EQ(shards_of("one"), 0);
    const auto stopped = Clock::now();
    ASSERT_TRUE(eventually([&] { return shards_of("two") == 16; }));
    EXPECT_LT(Clock::now() - stopped, 1s);  // told so; a renewal alone would do in the end
}

TEST_F(RelaySharingSpec, another_helps_when_more_rows_wait_than_one_can_take) {
    auto one = relay();
    ASSERT_TRUE(eventually([&] { return shards_of("one") == 16; }));
    RelaySignal other;
    auto two = relay(other, "two");
    std::vector<Record> records;
    for (int number = 0; number < 20'000; ++number) {
        records.push_back(record("order-" + std::to_string(number), "0"));
    }
    write(records);
    // A broker that answers twice a second.
    ASSERT_TRUE(eventually(
        [&] {
            broker_.hold([](const Record&) { return true; });
            std::this_thread::sleep_for(500ms);
            broker_.hold({});
            return shards_of("two") == 8;
        },
        20s
    ));
    EXPECT_NE(rows(), "0");
    ASSERT_TRUE(eventually([&] { return rows() == "0"; }, 20s));
    EXPECT_EQ(broker_.producers(), 2);
    EXPECT_EQ(broker_.size(), 20'000U);  // each once
}

TEST_F(RelaySharingSpec, publishes_each_record_once_with_two_relays) {
    make_all_busy();
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

TEST_F(RelaySharingSpec, takes_over_from_a_dead_relay_within_its_lease) {
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

TEST_F(RelaySharingSpec, keeps_the_order_of_keys_when_a_stalled_relay_wakes_up_after_its_lease) {
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

}  // namespace
}  // namespace carafe::postgres::spec
