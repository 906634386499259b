#include "postgres/create_database.h"

#include <libpq-fe.h>

#include <map>
#include <memory>

#include "carafe/errors.h"
#include "carafe/postgres/pool.h"
#include "postgres/connection_string.h"

namespace carafe::postgres {

namespace {

constexpr const char* kApplication = "carafe db create";

// Always there, and the place to be while another database is made.
DatabaseSettings maintenance(DatabaseSettings settings) {
    // The keyword form of the URL; of a keyword given twice, libpq takes the last.
    settings.url = connection_string(settings, kApplication) + " dbname='postgres'";
    return settings;
}

bool exists(pqxx::nontransaction& tx, const std::string& name) {
    return !tx.exec("SELECT 1 FROM pg_database WHERE datname = " + tx.quote(name)).empty();
}

}  // namespace

std::string database_name(const std::string& url) {
    struct FreeOptions {
        void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
    };
    const std::unique_ptr<PQconninfoOption, FreeOptions> options(
        PQconninfoParse(url.c_str(), nullptr)
    );
    std::map<std::string, std::string> values;
    for (const PQconninfoOption* option = options.get();
         option != nullptr && option->keyword != nullptr;
         ++option) {
        if (option->val != nullptr) {
            values[option->keyword] = option->val;
        }
    }
    std::string name = values["dbname"].empty() ? values["user"] : values["dbname"];
    if (name.empty()) {
        throw ConfigurationError("database.url does not name a database");
    }
    return name;
}

bool create_database(const DatabaseSettings& settings) {
    const std::string name = database_name(settings.url);
    const auto connection = connect(maintenance(settings), kApplication);
    pqxx::nontransaction tx(*connection);
    if (exists(tx, name)) {
        return false;
    }
    tx.exec("SET statement_timeout = 0");  // copying the template takes its time on a slow disk
    try {
        tx.exec("CREATE DATABASE " + tx.quote_name(name) + " ENCODING 'UTF8' TEMPLATE template0");
    } catch (const pqxx::sql_error&) {
        if (exists(tx, name)) {
            return false;  // another process was quicker
        }
        throw;
    }
    return true;
}

}  // namespace carafe::postgres
