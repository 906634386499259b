#include <gmock/gmock.h>

#include <atomic>
#include <optional>
#include <thread>

#include "carafe/postgres/pool.h"
#include "carafe/testing/eventually.h"
#include "carafe/testing/postgres_fixture.h"

using namespace carafe;
using namespace carafe::postgres;
using namespace std::chrono_literals;
using carafe::testing::eventually;
using carafe::testing::PostgresFixture;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Clock = std::chrono::steady_clock;

namespace {

DatabaseSettings with(DatabaseSettings settings, int size, std::chrono::milliseconds timeout) {
    settings.pool_size = size;
    settings.pool_timeout = timeout;
    return settings;
}

DatabaseSettings nobody_listens() {
    DatabaseSettings settings;
    settings.url = "postgresql://me:hush@127.0.0.1:1/shop";
    return settings;
}

std::string ask(pqxx::connection& connection, const std::string& sql) {
    pqxx::work tx(connection);
    return tx.exec(sql)[0][0].as<std::string>();
}

}  // namespace

TEST(Connect, puts_timeouts_and_name_in_force) {
    const PostgresFixture database;
    DatabaseSettings settings = database.settings();
    settings.statement_timeout = 1500ms;
    const auto connection = connect(settings, "spec_name");
    EXPECT_EQ(ask(*connection, "SHOW statement_timeout"), "1500ms");
    EXPECT_EQ(ask(*connection, "SHOW lock_timeout"), "2s");
    EXPECT_EQ(ask(*connection, "SHOW idle_in_transaction_session_timeout"), "2s");
    EXPECT_EQ(ask(*connection, "SHOW application_name"), "spec_name");
    EXPECT_EQ(ask(*connection, "SHOW search_path"), database.schema());
}

TEST(Connect, cancels_a_statement_past_its_timeout) {
    const PostgresFixture database;
    DatabaseSettings settings = database.settings();
    settings.statement_timeout = 50ms;
    const auto connection = connect(settings, "spec");
    try {
        ask(*connection, "SELECT pg_sleep(10)");
        FAIL() << "not cancelled";
    } catch (const pqxx::sql_error& error) {
        EXPECT_EQ(error.sqlstate(), "57014");
    }
}

TEST(Connect, says_where_the_server_is_not_and_never_the_password) {
    try {
        connect(nobody_listens(), "spec");
        FAIL() << "connected";
    } catch (const Unavailable& error) {
        EXPECT_THAT(
            error.what(),
            AllOf(HasSubstr("127.0.0.1:1/shop cannot be reached"), Not(HasSubstr("hush")))
        );
    }
}

TEST(Connect, does_not_reconnect_behind_the_callers_back) {
    const PostgresFixture database;
    const auto connection = connect(database.settings(), "spec");
    database.execute(
        "SELECT pg_terminate_backend(" + ask(*connection, "SELECT pg_backend_pid()") + ")"
    );
    EXPECT_THROW(ask(*connection, "SELECT 1"), pqxx::broken_connection);
    EXPECT_THROW(ask(*connection, "SELECT 1"), pqxx::broken_connection);
}

TEST(Pool, gives_a_connection_again_after_its_lease) {
    const PostgresFixture database;
    Pool pool(database.settings(), "spec");
    const std::string first = ask(*pool.acquire(), "SELECT pg_backend_pid()");
    EXPECT_EQ(ask(*pool.acquire(), "SELECT pg_backend_pid()"), first);
}

TEST(Pool, replaces_a_connection_that_broke_while_it_was_idle) {
    const PostgresFixture database;
    Pool pool(with(database.settings(), 1, 1000ms), "spec");
    const std::string first = ask(*pool.acquire(), "SELECT pg_backend_pid()");
    database.execute("SELECT pg_terminate_backend(" + first + ")");
    ASSERT_TRUE(eventually([&] {
        return database.value("SELECT count(*) FROM pg_stat_activity WHERE pid = " + first) == "0";
    }));
    EXPECT_NE(ask(*pool.acquire(), "SELECT pg_backend_pid()"), first);
}

TEST(Pool, closes_a_connection_that_was_discarded) {
    const PostgresFixture database;
    Pool pool(with(database.settings(), 1, 1000ms), "spec");
    std::string first;
    {
        Pool::Lease lease = pool.acquire();
        first = ask(*lease, "SELECT pg_backend_pid()");
        lease.discard();
    }
    EXPECT_NE(ask(*pool.acquire(), "SELECT pg_backend_pid()"), first);
}

TEST(Pool, refuses_after_its_timeout_when_all_connections_are_in_use) {
    const PostgresFixture database;
    // Long enough to open two connections on a slow machine.
    constexpr auto kTimeout = 2s;
    Pool pool(with(database.settings(), 2, kTimeout), "spec");
    const Pool::Lease one = pool.acquire();
    const Pool::Lease two = pool.acquire();
    const auto start = Clock::now();
    EXPECT_THROW(pool.acquire(), Unavailable);
    EXPECT_GE(Clock::now() - start, kTimeout);
    EXPECT_LT(Clock::now() - start, kTimeout + 3s);
}

TEST(Pool, never_opens_more_than_its_size) {
    const PostgresFixture database;
    Pool pool(with(database.settings(), 3, 10'000ms), database.schema());
    {
        // All of its size can be in use at once.
        const Pool::Lease one = pool.acquire();
        const Pool::Lease two = pool.acquire();
        const Pool::Lease three = pool.acquire();
    }
    std::atomic<int> in_use{0};
    std::atomic<int> peak{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 12; ++thread) {
        threads.emplace_back([&] {
            for (int call = 0; call < 50; ++call) {
                const Pool::Lease lease = pool.acquire();
                const int now = ++in_use;
                int seen = peak;
                while (now > seen && !peak.compare_exchange_weak(seen, now)) {
                }
                ask(*lease, "SELECT 1");
                --in_use;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_LE(peak, 3);
    EXPECT_EQ(
        database.value(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + database.schema() +
            "'"
        ),
        "3"
    );
}

TEST(Pool, serves_those_who_wait_longest_first) {
    const PostgresFixture database;
    Pool pool(with(database.settings(), 1, 10'000ms), "spec");
    std::optional<Pool::Lease> held(pool.acquire());
    std::mutex mutex;
    std::vector<std::size_t> order;
    std::vector<std::thread> threads;
    for (std::size_t number = 0; number < 4; ++number) {
        threads.emplace_back([&, number] {
            const Pool::Lease lease = pool.acquire();
            const std::lock_guard lock(mutex);
            order.push_back(number);
        });
        ASSERT_TRUE(eventually([&] { return pool.waiting() == number + 1; }));
    }
    held.reset();
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_THAT(order, ::testing::ElementsAre(0, 1, 2, 3));
}

TEST(Pool, answers_a_burst_at_once_while_the_server_is_away) {
    Pool pool(with(nobody_listens(), 8, 1000ms), "spec");
    const auto start = Clock::now();
    std::vector<std::thread> threads;
    std::atomic<int> refused{0};
    for (int thread = 0; thread < 16; ++thread) {
        threads.emplace_back([&] {
            for (int call = 0; call < 20; ++call) {
                try {
                    pool.acquire();
                } catch (const Unavailable&) {
                    ++refused;
                }
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(refused, 320);
    EXPECT_LT(Clock::now() - start, 5s) << "20 s: each call waited for a connection";
}
