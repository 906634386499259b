#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace carafe::postgres {

// The inverse of outbox_headers(). Throws std::runtime_error for anything else than an array of
// [name, value] pairs.
std::vector<std::pair<std::string, std::string>> parse_outbox_headers(std::string_view json);

}  // namespace carafe::postgres
