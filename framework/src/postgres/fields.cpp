#include "postgres/fields.h"

namespace carafe::postgres {

std::chrono::system_clock::time_point time_of(const pqxx::field& field) {
    const auto milliseconds = static_cast<std::int64_t>(field.as<double>());
    return std::chrono::system_clock::time_point(std::chrono::milliseconds(milliseconds));
}

std::optional<std::string> bytes_of(const pqxx::field& field) {
    return field.is_null() ? std::nullopt
                           : std::optional<std::string>(pqxx::binarystring(field).str());
}

}  // namespace carafe::postgres
