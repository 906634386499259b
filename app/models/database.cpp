#include "app/models/database.h"

namespace shop {

SqlArray& SqlArray::add(std::string_view element) {
    separate();
    elements_ += '"';
    for (const char c : element) {
        if (c == '"' || c == '\\') {
            elements_ += '\\';
        }
        elements_ += c;
    }
    elements_ += '"';
    return *this;
}

SqlArray& SqlArray::add(long long element) {
    separate();
    elements_ += std::to_string(element);
    return *this;
}

SqlArray& SqlArray::add_null() {
    separate();
    elements_ += "NULL";
    return *this;
}

SqlArray& SqlArray::add_optional(const std::optional<std::string>& element) {
    return element ? add(std::string_view(*element)) : add_null();
}

void SqlArray::separate() {
    if (!elements_.empty()) {
        elements_ += ',';
    }
}

bool is_lock_timeout(const pqxx::sql_error& error) {
    return error.sqlstate() == "55P03";
}

// Connection trouble (08), no resources (53), shutting down (57P), a statement that took too long
// (57014) or waited too long for a lock (55P03), a deadlock or its like (40): none of them is about
// this request, all of them pass.
void Database::throw_if_unavailable(const pqxx::sql_error& error) {
    const std::string& state = error.sqlstate();
    const std::string family = state.substr(0, 2);
    const bool away = family == "08" || family == "53" || family == "40" ||
                      state.compare(0, 3, "57P") == 0 || state == "57014" || is_lock_timeout(error);
    if (away) {
        throw carafe::postgres::Unavailable(error.what());
    }
}

}  // namespace shop
