#pragma once

#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <string_view>

#include "carafe/postgres/pool.h"
#include "carafe/postgres/statement.h"

namespace shop {

using carafe::postgres::run;
using carafe::postgres::Statement;

// NULL for an empty optional, as an argument of run(). Points into `text`.
inline const char* nullable(const std::optional<std::string>& text) {
    return text ? text->c_str() : nullptr;
}

inline std::optional<std::string> optional_text(const pqxx::field& field) {
    return field.is_null() ? std::nullopt : std::optional<std::string>(field.c_str());
}

// Builds the text of a PostgreSQL array, for `unnest($1::uuid[])`: how the work of a whole batch
// travels in one statement.
class SqlArray {
public:
    SqlArray& add(std::string_view element);
    SqlArray& add(long long element);
    SqlArray& add_null();
    // Null for an empty optional.
    SqlArray& add_optional(const std::optional<std::string>& element);

    [[nodiscard]] std::string text() const { return "{" + elements_ + "}"; }
    [[nodiscard]] bool empty() const { return elements_.empty(); }

private:
    void separate();

    std::string elements_;
};

// The database as the web and the realtime process use it, on connections from the pool. Both throw
// carafe::postgres::Unavailable when the server is away or too slow; other errors of SQL go
// through.
class Database {
public:
    explicit Database(carafe::postgres::Pool& pool) : pool_(pool) {}

    // Calls `work` with a pqxx::transaction_base in which each statement is its own transaction.
    template <typename Work>
    auto with(const Work& work) const {  // NOLINT(modernize-use-nodiscard): void for some
        return use([&](pqxx::connection& connection) {
            pqxx::nontransaction tx(connection);
            return work(static_cast<pqxx::transaction_base&>(tx));
        });
    }

    // Calls `work` with a transaction that commits what it did, or with an exception nothing.
    template <typename Work>
    [[nodiscard]] auto transaction(const Work& work) const {
        return use([&](pqxx::connection& connection) {
            pqxx::work tx(connection);
            auto result = work(static_cast<pqxx::transaction_base&>(tx));
            tx.commit();
            return result;
        });
    }

private:
    template <typename Use>
    auto use(const Use& use) const {  // NOLINT(modernize-use-nodiscard): void for some
        auto lease = pool_.acquire();
        try {
            return use(*lease);
        } catch (const pqxx::broken_connection& error) {
            lease.discard();
            throw carafe::postgres::Unavailable(error.what());
        } catch (const pqxx::in_doubt_error& error) {
            lease.discard();
            throw carafe::postgres::Unavailable(error.what());
        } catch (const pqxx::sql_error& error) {
            throw_if_unavailable(error);
            throw;
        }
    }

    static void throw_if_unavailable(const pqxx::sql_error& error);

    carafe::postgres::Pool& pool_;
};

// Whether the statement gave up waiting for a lock (SQLSTATE 55P03).
bool is_lock_timeout(const pqxx::sql_error& error);

}  // namespace shop
