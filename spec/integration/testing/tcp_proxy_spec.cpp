// The proxy between libpq and PostgreSQL, and between librdkafka and Kafka.
#include <gtest/gtest.h>

#include <future>
#include <pqxx/pqxx>

#include "carafe/testing/eventually.h"
#include "carafe/testing/kafka_fixture.h"
#include "carafe/testing/postgres_fixture.h"
#include "carafe/testing/tcp_proxy.h"

namespace carafe::testing {
namespace {

using namespace std::chrono_literals;
using Way = TcpProxy::Way;

class TcpProxySpec : public ::testing::Test {
protected:
    TcpProxySpec() {
        const auto direct = database.connect();
        proxy = std::make_unique<TcpProxy>(direct->hostname(), std::stoi(direct->port()));
        database.execute("CREATE TABLE seen (id integer)");
    }

    // libpq takes what comes last.
    [[nodiscard]] std::unique_ptr<pqxx::connection> connect() const {
        const auto direct = database.connect();
        auto made = std::make_unique<pqxx::connection>(
            "host=127.0.0.1 port=" + std::to_string(proxy->port()) + " user=" + direct->username() +
            " dbname=" + direct->dbname() + password() +
            " sslmode=disable gssencmode=disable options='-c search_path=" + database.schema() + "'"
        );
        made->inhibit_reactivation(true);
        return made;
    }
    static std::string password() {
        const std::string url = std::getenv("DATABASE_URL");
        const std::size_t at = url.rfind('@');
        const std::size_t colon = at == std::string::npos ? at : url.rfind(':', at);
        return colon == std::string::npos || colon < 12
                   ? ""
                   : " password=" + url.substr(colon + 1, at - colon - 1);
    }
    [[nodiscard]] std::string rows() const { return database.value("SELECT count(*) FROM seen"); }

    PostgresFixture database;
    std::unique_ptr<TcpProxy> proxy;
};

void insert(pqxx::connection& connection) {
    pqxx::work tx(connection);
    tx.exec("INSERT INTO seen VALUES (1)");
    tx.commit();
}

TEST_F(TcpProxySpec, passes_everything_on) {
    const auto connection = connect();
    insert(*connection);
    pqxx::work tx(*connection);
    const std::string large(1'000'000, 'x');
    EXPECT_EQ(tx.exec_params("SELECT length($1)", large)[0][0].as<int>(), 1'000'000);
    EXPECT_EQ(rows(), "1");
    EXPECT_EQ(proxy->accepted(), 1U);
    EXPECT_EQ(proxy->open(), 1U);
}

TEST_F(TcpProxySpec, cuts_connections_and_serves_new_ones) {
    const auto connection = connect();
    proxy->cut();
    EXPECT_THROW(insert(*connection), pqxx::broken_connection);
    EXPECT_TRUE(eventually([&] { return proxy->open() == 0; }));
    EXPECT_NO_THROW(insert(*connect()));
}

TEST_F(TcpProxySpec, lets_a_commit_arrive_whose_answer_does_not) {
    const auto connection = connect();
    proxy->cut_after("COMMIT");
    EXPECT_THROW(insert(*connection), pqxx::in_doubt_error);
    EXPECT_TRUE(proxy->has_cut());
    EXPECT_TRUE(eventually([&] { return rows() == "1"; })) << "the server had it";
}

TEST_F(TcpProxySpec, cuts_after_so_many_bytes) {
    const auto connection = connect();
    proxy->cut_after(10, Way::kToServer);
    EXPECT_THROW(insert(*connection), pqxx::broken_connection);
    EXPECT_TRUE(proxy->has_cut());
    EXPECT_EQ(rows(), "0");
}

TEST_F(TcpProxySpec, holds_one_way_until_it_is_released) {
    const auto connection = connect();
    proxy->hold(Way::kToClient);
    auto done = std::async(std::launch::async, [&] {
        pqxx::nontransaction tx(*connection);
        tx.exec("INSERT INTO seen VALUES (1)");
    });
    EXPECT_TRUE(eventually([&] { return rows() == "1"; })) << "the server did it";
    EXPECT_EQ(done.wait_for(50ms), std::future_status::timeout) << "and nobody is told";
    proxy->release();
    EXPECT_NO_THROW(done.get());
}

TEST_F(TcpProxySpec, delays_what_it_passes_on) {
    const auto connection = connect();
    proxy->delay(100ms);
    const auto before = std::chrono::steady_clock::now();
    pqxx::nontransaction(*connection).exec("SELECT 1");
    EXPECT_GE(std::chrono::steady_clock::now() - before, 200ms) << "there and back";
}

TEST_F(TcpProxySpec, refuses_new_connections_and_leaves_those_there_are) {
    const auto connection = connect();
    proxy->refuse();
    EXPECT_THROW(connect(), pqxx::broken_connection);
    EXPECT_NO_THROW(insert(*connection));
    proxy->accept_again();
    EXPECT_NO_THROW(insert(*connect()));
}

TEST(TcpProxyBeforeKafka, keeps_a_client_that_the_broker_tells_where_to_go) {
    KafkaFixture kafka;
    const std::string topic = kafka.create_topic("proxied", 1);
    const auto proxy = TcpProxy::for_kafka(kafka.brokers());
    const auto producer = make_producer({{"bootstrap.servers", proxy->address()}});
    EXPECT_EQ(producer->produce({{topic, "k", "1", {}}}, 20s).front().error, "");
    proxy->hold(Way::kToServer);
    const auto held = producer->produce({{topic, "k", "2", {}}}, 300ms).front();
    EXPECT_TRUE(held.retriable) << "it goes through the proxy or not at all";
    proxy->release();
    EXPECT_EQ(producer->produce({{topic, "k", "3", {}}}, 20s).front().error, "");
}

}  // namespace
}  // namespace carafe::testing
