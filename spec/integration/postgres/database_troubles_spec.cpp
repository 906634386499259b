#include <gmock/gmock.h>

#include <thread>

#include "carafe/testing/eventually.h"
#include "carafe/testing/postgres_fixture.h"
#include "postgres/database_troubles.h"

namespace carafe::postgres {

namespace {

using carafe::testing::eventually;

class DatabaseTroubles : public ::testing::Test {
protected:
    std::vector<LockHolder> look(LockWatch& watch) {
        pqxx::work tx(*operator_);
        return watch.look(tx);
    }

    carafe::testing::PostgresFixture database_;
    std::unique_ptr<pqxx::connection> operator_ = database_.connect();
};

TEST_F(DatabaseTroubles, the_holder_of_a_lock_is_known_until_its_transaction_ends) {
    database_.execute("CREATE TABLE things (id int); INSERT INTO things VALUES (1)");
    const auto holding = database_.connect();
    const auto waiting = database_.connect();
    pqxx::nontransaction(*holding).exec("SET application_name = 'report'");
    auto hold = std::make_unique<pqxx::work>(*holding);
    hold->exec("UPDATE things SET id = 2");
    const std::string name = "waits " + database_.schema().substr(0, 40);
    std::jthread waiter([&] {
        pqxx::nontransaction(*waiting).exec("SET application_name = '" + name + "'");
        pqxx::nontransaction(*waiting).exec("SET lock_timeout = '1500ms'");
        try {
            pqxx::work(*waiting).exec("UPDATE things SET id = 3");
        } catch (const std::exception&) {
            return;  // it gives up, as handlers do
        }
    });
    LockWatch watch(name);
    std::vector<LockHolder> holders;
    ASSERT_TRUE(eventually([&] { return !(holders = look(watch)).empty(); }));
    waiter.join();
    holders = look(watch);
    ASSERT_EQ(holders.size(), 1U) << "nobody waits at this moment, but it still has the lock";
    EXPECT_EQ(holders[0].pid, holding->backendpid());
    EXPECT_EQ(holders[0].application, "report");
    EXPECT_EQ(holders[0].state, "idle in transaction");
    EXPECT_GT(holders[0].seconds.value_or(0), 1);
    hold->commit();
    hold.reset();
    EXPECT_TRUE(look(watch).empty());
    LockWatch others("somebody else's name");
    EXPECT_TRUE(look(others).empty());
}

TEST_F(
    DatabaseTroubles, an_idle_holder_of_an_advisory_lock_is_known_when_somebody_has_waited_long
) {
    const auto holding = database_.connect();
    const auto waiting = database_.connect();
    pqxx::nontransaction(*holding).exec("SELECT pg_advisory_lock(hashtext(current_schema()))");
    const std::string name = "waits " + database_.schema().substr(0, 40);
    pqxx::nontransaction(*waiting).exec("SET application_name = '" + name + "'");
    std::jthread waiter([&] {
        pqxx::nontransaction(*waiting).exec("SELECT pg_advisory_lock(hashtext(current_schema()))");
    });
    ASSERT_TRUE(eventually([&] {
        pqxx::work tx(*operator_);
        return !tx.exec_params(
                      "SELECT FROM pg_stat_activity WHERE application_name = $1 AND"
                      " wait_event_type = 'Lock'",
                      name
        )
                    .empty();
    }));
    const auto seconds_waited = [&] {
        pqxx::nontransaction tx(*operator_);
        return tx
            .exec_params1(
                "SELECT extract(epoch FROM clock_timestamp() - query_start) FROM pg_stat_activity"
                " WHERE pid = $1",
                waiting->backendpid()
            )[0]
            .as<double>();
    };
    LockWatch watch(name);
    std::vector<LockHolder> holders;
    ASSERT_TRUE(eventually([&] { return !(holders = look(watch)).empty(); }));
    EXPECT_GT(seconds_waited(), 1) << "who waits for a moment may be served in the next one";
    pqxx::nontransaction(*holding).exec("SELECT pg_advisory_unlock_all()");
    waiter.join();
    ASSERT_EQ(holders.size(), 1U);
    EXPECT_EQ(holders[0].pid, holding->backendpid());
    EXPECT_EQ(holders[0].seconds, std::nullopt);
}

TEST_F(DatabaseTroubles, the_outbox_is_told_by_topic) {
    database_.execute(
        "INSERT INTO outbox (shard, topic, key, created_at) VALUES"
        " (0, 'waits', 'a', now() - interval '9 seconds'), (1, 'waits', 'b', now());"
        "INSERT INTO outbox_parked (shard, id, topic, headers, created_at, error) VALUES"
        " (0, 5, 'refuses', '[]', now(), 'too large'), (0, 6, 'refuses', '[]', now(), 'behind it')"
    );
    pqxx::work tx(*operator_);
    const auto topics = outbox_by_topic(tx);
    ASSERT_EQ(topics.size(), 2U);
    EXPECT_EQ(topics[0].topic, "refuses");
    EXPECT_EQ(topics[0].parked, 2);
    EXPECT_EQ(topics[0].waiting, 0);
    EXPECT_EQ(topics[0].error, "too large");
    EXPECT_EQ(topics[1].topic, "waits");
    EXPECT_EQ(topics[1].waiting, 2);
    EXPECT_NEAR(topics[1].oldest_seconds, 9, 2);
}

TEST_F(DatabaseTroubles, what_workers_say_counts_while_they_are_heard_of) {
    database_.execute(
        "INSERT INTO workers (owner, lanes, problems, seen_at) VALUES"
        " ('a', '[]', '[\"one\", \"two\"]', now()), ('b', '[]', '[]', now()),"
        " ('gone', '[]', '[\"old\"]', now() - interval '1 minute')"
    );
    pqxx::work tx(*operator_);
    EXPECT_THAT(problems_of_workers(tx), ::testing::ElementsAre("a: one", "a: two"));
}

}  // namespace

}  // namespace carafe::postgres
