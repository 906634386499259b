#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace shop {

// Times leave the shop as RFC 3339 text in UTC with microseconds, and are held as that.
std::string rfc3339(std::chrono::system_clock::time_point moment);

// Nothing for a text that rfc3339() does not write; the fraction may have any number of digits.
std::optional<std::chrono::system_clock::time_point> parse_rfc3339(const std::string& text);

inline std::string now_rfc3339() {
    return rfc3339(std::chrono::system_clock::now());
}

// The seconds since the epoch, as SQL's to_timestamp() wants them, of a date (its first instant in
// UTC) or a date and time as RFC 3339 writes them. Nothing for what is neither, the 31st of April
// included.
std::optional<std::string> epoch_seconds(std::string_view text);

}  // namespace shop
