#pragma once

#include <chrono>
#include <optional>
#include <pqxx/pqxx>
#include <string>

namespace carafe::postgres {

// A time that was selected as milliseconds: extract(epoch FROM t) * 1000.
std::chrono::system_clock::time_point time_of(const pqxx::field& field);

// A bytea; empty optional for NULL.
std::optional<std::string> bytes_of(const pqxx::field& field);

}  // namespace carafe::postgres
