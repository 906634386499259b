#include "postgres/classifier.h"

#include <array>
#include <pqxx/pqxx>
#include <string_view>

#include "carafe/log.h"
#include "postgres/exactly_once_delivery.h"

namespace carafe::postgres {

namespace {

using processing::FailureKind;

template <std::size_t size>
bool starts_with_any(std::string_view state, const std::array<std::string_view, size>& prefixes) {
    for (const std::string_view prefix : prefixes) {
        if (state.substr(0, prefix.size()) == prefix) {
            return true;
        }
    }
    return false;
}

// SQLSTATE, see the appendix "PostgreSQL Error Codes" of its manual.
std::optional<FailureKind> kind_of_state(std::string_view state, const std::exception& error) {
    // Serialisation failure, deadlock, lock not available.
    constexpr std::array<std::string_view, 3> kContention{"40001", "40P01", "55P03"};
    // statement_timeout; we cancel nothing ourselves.
    constexpr std::string_view kQueryCanceled = "57014";
    // Connection, resources, operator's intervention, read-only server (a standby, say).
    constexpr std::array<std::string_view, 4> kOutage{"08", "53", "57P", "25006"};
    // Schema or SQL, login, catalog or schema name, system, internal: no record's fault, but
    // somebody has to do something.
    constexpr std::array<std::string_view, 6> kBroken{"42", "28", "3D", "3F", "58", "XX"};
    if (starts_with_any(state, kContention)) {
        return FailureKind::kContention;
    }
    if (starts_with_any(state, kOutage)) {
        return FailureKind::kSystemic;
    }
    if (starts_with_any(state, kBroken)) {
        log::error(
            "the database refuses what it is asked; are all migrations applied?",
            {{"sqlstate", std::string(state)}, {"error", error.what()}}
        );
        return FailureKind::kSystemic;
    }
    if (state.empty()) {
        return std::nullopt;
    }
    return state == kQueryCanceled ? FailureKind::kOverdue : FailureKind::kPermanent;
}

template <typename Exception>
bool is(const std::exception& error) {
    return dynamic_cast<const Exception*>(&error) != nullptr;
}

}  // namespace

std::optional<FailureKind> classify_postgres(const std::exception& error) {
    if (is<IdleTransaction>(error)) {
        return FailureKind::kPermanent;
    }
    if (is<pqxx::broken_connection>(error) || is<pqxx::in_doubt_error>(error)) {
        return FailureKind::kSystemic;
    }
    if (is<pqxx::transaction_rollback>(error)) {  // libpqxx keeps no SQLSTATE of class 40
        return FailureKind::kContention;
    }
    if (const auto* sql = dynamic_cast<const pqxx::sql_error*>(&error)) {
        return kind_of_state(sql->sqlstate(), error);
    }
    return std::nullopt;
}

}  // namespace carafe::postgres
