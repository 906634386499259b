#pragma once

#include <memory>
#include <pqxx/pqxx>
#include <string>

#include "carafe/settings.h"

namespace carafe::testing {

// A schema of its own in the database of DATABASE_URL, with the framework's migrations applied and
// then those of `migrations` (a directory; may be empty). Dropped with everything in it at the
// end, so specs may run in parallel and in any order. Throws std::runtime_error when DATABASE_URL
// is not set.
class PostgresFixture {
public:
    explicit PostgresFixture(const std::string& migrations = "");
    ~PostgresFixture();
    PostgresFixture(const PostgresFixture&) = delete;
    PostgresFixture& operator=(const PostgresFixture&) = delete;

    // Unqualified names live in the fixture's schema with this URL. Change a copy for other
    // time-outs or pool sizes.
    [[nodiscard]] const DatabaseSettings& settings() const { return settings_; }
    [[nodiscard]] const std::string& schema() const { return schema_; }

    // A connection of the caller's own. Thread-safe.
    [[nodiscard]] std::unique_ptr<pqxx::connection> connect() const;
    // The first field of the first row, as text; empty for NULL or no row. Thread-safe.
    [[nodiscard]] std::string value(const std::string& sql) const;
    // Runs one statement (or several) in a transaction of its own. Thread-safe.
    void execute(const std::string& sql) const;

private:
    const std::string server_url_;
    const std::string schema_;
    DatabaseSettings settings_;
};

}  // namespace carafe::testing
