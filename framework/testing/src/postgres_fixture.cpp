#include "carafe/testing/postgres_fixture.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "carafe/log.h"
#include "carafe/postgres/migrations.h"
#include "carafe/postgres/pool.h"
#include "postgres/connection_string.h"

namespace carafe::testing {

namespace {

std::string server_url() {
    const char* url = std::getenv("DATABASE_URL");
    if (url == nullptr || *url == '\0') {
        throw std::runtime_error("set DATABASE_URL/KAFKA_BROKERS or run bin/test");
    }
    return url;
}

std::string unique_schema() {
    static std::atomic<int> count{0};
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return "spec_" + std::to_string(::getpid()) + "_" + std::to_string(++count) + "_" +
           std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

std::unique_ptr<pqxx::connection> connect_within(
    std::chrono::milliseconds time, const DatabaseSettings& settings
) {
    const auto deadline = std::chrono::steady_clock::now() + time;
    while (true) {
        try {
            return postgres::connect(settings, "spec");
        } catch (const postgres::Unavailable&) {
            if (std::chrono::steady_clock::now() >= deadline) {
                throw;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    }
}

}  // namespace

PostgresFixture::PostgresFixture(const std::string& migrations)
    : server_url_(server_url()), schema_(unique_schema()) {
    settings_.url = server_url_;
    execute("CREATE SCHEMA " + schema_);
    settings_.url = postgres::with_search_path(server_url_, schema_);
    postgres::Migrator(migrations).migrate(*connect());
}

PostgresFixture::~PostgresFixture() {
    try {
        execute("SET LOCAL client_min_messages = warning; DROP SCHEMA " + schema_ + " CASCADE");
    } catch (const std::exception& error) {
        log::warn(
            "a spec's schema was left behind", {{"schema", schema_}, {"error", error.what()}}
        );
    }
}

std::unique_ptr<pqxx::connection> PostgresFixture::connect() const {
    DatabaseSettings patient = settings_;
    patient.statement_timeout = std::chrono::seconds(30);
    patient.lock_timeout = std::chrono::seconds(30);
    // A spec that the machine let stand still for some seconds must not fail by that: neither in
    // the middle of a transaction nor while it connects (connect_timeout is 3 s).
    patient.idle_in_transaction_timeout = std::chrono::seconds(30);
    return connect_within(std::chrono::seconds(30), patient);
}

std::string PostgresFixture::value(const std::string& sql) const {
    const auto connection = connect();
    pqxx::work tx(*connection);
    const pqxx::result rows = tx.exec(sql);
    return rows.empty() ? std::string() : rows[0][0].as<std::string>("");
}

void PostgresFixture::execute(const std::string& sql) const {
    const auto connection = connect();
    pqxx::work tx(*connection);
    tx.exec(sql);
    tx.commit();
}

}  // namespace carafe::testing
