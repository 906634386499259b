#include <gtest/gtest.h>

#include "app/models/clock.h"
#include "app/models/event_history.h"
#include "app/models/uuid.h"
#include "integration/shop/shop_fixture.h"
#include "support/rows_read.h"

namespace {

using namespace shop;
using namespace shop::specs;
using std::chrono::milliseconds;
using std::chrono::seconds;

class EventHistorySpec : public ::testing::Test {
protected:
    struct Row {
        std::string topic = "order.updated";
        std::string key = new_uuid();
        int version = 1;
        milliseconds ago{0};
        std::string user_id = "";  // the customer's
    };
    // An event as a model would have kept it; returns its id.
    std::string keep(const Row& row) const {
        const std::string id = new_uuid();
        const bool is_order = row.topic.compare(0, 6, "order.") == 0;
        const std::string user = "'" + (row.user_id.empty() ? shop_.customer : row.user_id) + "'";
        shop_.database.execute(
            "INSERT INTO domain_events (event_id, topic, type, key, user_id, order_id, version, "
            "payload, occurred_at) VALUES ('" +
            id + "', '" + row.topic + "', '" + row.topic + "', '" + row.key + "', " +
            (is_order ? user : "NULL") + ", " + (is_order ? "'" + row.key + "'" : "NULL") + ", " +
            std::to_string(row.version) + R"(, '{"a": 1}', ')" + rfc3339(now_ - row.ago) + "')"
        );
        return id;
    }
    template <typename Ask>
    auto ask(Ask question) const {
        const auto connection = shop_.database.connect();
        pqxx::nontransaction tx(*connection);
        return question(static_cast<pqxx::transaction_base&>(tx));
    }
    std::vector<std::string> around(
        const Readership& readers, const std::string& id, milliseconds overlap, int most = 100
    ) const {
        return ask([&](auto& tx) {
            std::vector<std::string> ids;
            for (const auto& each : EventHistory(tx).around_and_after(readers, id, overlap, most)) {
                ids.push_back(each.event_id);
            }
            return ids;
        });
    }

    const std::chrono::system_clock::time_point now_ = std::chrono::system_clock::now();
    Shop shop_;
    const Readership own_{Readership::Kind::kOwnOrders, shop_.customer};
    const Readership all_{Readership::Kind::kEverything, shop_.admin};
    const Readership stock_{Readership::Kind::kInventory, std::nullopt};
};

using Ids = std::vector<std::string>;

TEST_F(EventHistorySpec, tells_each_what_is_theirs_from_a_while_before_the_last_that_they_saw) {
    const std::string old = keep({.ago = seconds(30)});
    const std::string seen = keep({.ago = seconds(20)});
    const std::string foreign = keep({.ago = seconds(10), .user_id = shop_.admin});
    const std::string stock = keep({.topic = "inventory.updated", .ago = seconds(5)});
    const std::string last = keep({.ago = seconds(1)});
    EXPECT_EQ(around(own_, seen, seconds(0)), (Ids{seen, last}));
    EXPECT_EQ(around(own_, seen, seconds(11)), (Ids{old, seen, last}));
    EXPECT_EQ(around(all_, seen, seconds(0)), (Ids{seen, foreign, stock, last}));
    EXPECT_EQ(around(stock_, stock, seconds(60)), (Ids{stock}));
    EXPECT_EQ(around(own_, seen, seconds(11), 2).size(), 2U);
}

TEST_F(EventHistorySpec, tells_the_versions_of_an_order_in_order_though_clocks_disagree) {
    const std::string order = new_uuid();
    const std::string seen = keep({.ago = seconds(50)});
    const std::string second = keep({.key = order, .version = 2, .ago = seconds(30)});
    const std::string between = keep({.ago = seconds(25)});
    const std::string first = keep({.key = order, .version = 1, .ago = seconds(20)});
    EXPECT_EQ(around(own_, seen, seconds(0)), (Ids{seen, between, first, second}));
}

TEST_F(EventHistorySpec, counts_what_happened_after_an_event_up_to_a_bound) {
    const std::string seen = keep({.ago = seconds(20)});
    keep({.ago = seconds(10)});
    keep({.ago = seconds(9), .user_id = shop_.admin});
    keep({.ago = seconds(8)});
    const auto count = [&](const Readership& readers, int most) {
        return ask([&](auto& tx) { return EventHistory(tx).count_after(readers, seen, most); });
    };
    EXPECT_EQ(count(own_, 10), 2);
    EXPECT_EQ(count(all_, 10), 3);
    EXPECT_EQ(count(all_, 1), 1);
}

TEST_F(EventHistorySpec, knows_only_events_that_were_told_to_the_asker) {
    const std::string mine = keep({});
    const std::string foreign = keep({.user_id = shop_.admin});
    const std::string stock = keep({.topic = "inventory.updated"});
    const auto knows = [&](const Readership& readers, const std::string& id) {
        return ask([&](auto& tx) { return EventHistory(tx).find(readers, id).has_value(); });
    };
    EXPECT_TRUE(knows(own_, mine));
    EXPECT_FALSE(knows(own_, foreign));
    EXPECT_TRUE(knows(own_, stock)) << "a client names the last that it saw, of whatever kind";
    EXPECT_TRUE(knows(all_, foreign));
    EXPECT_FALSE(knows(stock_, mine));
    for (const char* id : {"", "x", "inventory.dlq/0/1", "' OR true --"}) {
        EXPECT_FALSE(knows(all_, id)) << id;
    }
    EXPECT_FALSE(knows(all_, new_uuid()));
}

TEST_F(EventHistorySpec, follows_transactions_that_have_ended_and_skips_none_under_way) {
    const Horizon start = ask([](auto& tx) { return horizon(tx); });
    const auto slow = shop_.database.connect();
    pqxx::work under_way(*slow);
    under_way.exec(
        "INSERT INTO domain_events (event_id, topic, type, key, version, payload, occurred_at) "
        "VALUES ('" +
        new_uuid() + "', 'product.updated', 'product.updated', 'k', 1, '{}', now())"
    );
    const std::string quick = keep({});
    const Tail before = ask([&](auto& tx) { return tail(tx, start.oldest_running); });
    for (const Happening& event : before.events) {
        EXPECT_NE(event.event_id, quick) << "its transaction is younger than one that still runs";
    }
    under_way.commit();
    // Others use this server too: what still runs there may hold it up for a moment.
    Tail after;
    Ids ids;
    for (int tries = 0; tries < 100 && ids.size() < 2; ++tries) {
        after = ask([&](auto& tx) { return tail(tx, before.next); });
        ids.clear();
        for (const Happening& event : after.events) {
            ids.push_back(event.event_id);
        }
    }
    ASSERT_EQ(ids.size(), 2U);
    EXPECT_EQ(ids[1], quick);
    EXPECT_EQ(after.events[1].body, R"({"a": 1})");
    EXPECT_TRUE(ask([&](auto& tx) { return tail(tx, after.next); }).events.empty());
}

TEST_F(EventHistorySpec, knows_how_long_the_oldest_record_waits_to_be_published) {
    shop_.database.execute("DELETE FROM outbox");
    EXPECT_EQ(ask([](auto& tx) { return horizon(tx); }).oldest_unpublished, milliseconds(0));
    shop_.database.execute(
        "INSERT INTO outbox (shard, id, topic, created_at) VALUES (3, 1, 't', now() - interval '7 "
        "s'), "
        "(15, 2, 't', now())"
    );
    EXPECT_GE(ask([](auto& tx) { return horizon(tx); }).oldest_unpublished, seconds(7));
}

// Statistics taken while the outbox is empty say that reading all of it is the quickest way, and a
// session keeps that plan.
TEST_F(EventHistorySpec, looks_at_one_record_of_each_shard_for_the_oldest) {
    shop_.database.execute("DELETE FROM outbox");
    shop_.database.execute("ANALYZE outbox");
    const auto connection = shop_.database.connect();
    const auto oldest_unpublished = [&] {
        pqxx::nontransaction tx(*connection);
        return horizon(tx).oldest_unpublished;
    };
    for (int times = 0; times < 10; ++times) {
        oldest_unpublished();
    }
    shop_.database.execute(
        "INSERT INTO outbox (shard, topic) SELECT n % 16, 't' FROM generate_series(1, 1000) AS n"
    );
    milliseconds oldest{0};
    EXPECT_LE(
        carafe::spec::outbox_rows_read_by(*connection, [&] { oldest = oldest_unpublished(); }), 16
    );
    EXPECT_GT(oldest, milliseconds(0));
}

}  // namespace
