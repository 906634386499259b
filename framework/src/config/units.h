#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "carafe/settings.h"

namespace carafe::config {

// A value that was read, or why it could not be.
template <typename Value>
struct Parsed {
    std::optional<Value> value;
    std::string problem;
};

// Quantities with their units, as karafka.yml writes them: 5ms 10s 2m 24h, and 512B 64KiB 256MiB
// 4GiB. Whole numbers only; a unit is never implied, except for 0.
Parsed<std::chrono::milliseconds> parse_duration(std::string_view text);
Parsed<std::int64_t> parse_size(std::string_view text);
Parsed<std::int64_t> parse_integer(std::string_view text);

// 100/s, 20/m or 5/h; none of them is 0.
Parsed<Rate> parse_rate(std::string_view text);

// In the largest unit that keeps it whole.
std::string format_duration(std::chrono::milliseconds duration);
std::string format_size(std::int64_t bytes);
// Empty for none.
std::string format_rate(const Rate& rate);

}  // namespace carafe::config
