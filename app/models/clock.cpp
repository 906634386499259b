#include "app/models/clock.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace shop {

std::string rfc3339(std::chrono::system_clock::time_point moment) {
    const auto since_epoch =
        std::chrono::duration_cast<std::chrono::microseconds>(moment.time_since_epoch());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
    const auto micros = static_cast<long>((since_epoch - seconds).count());
    const std::time_t whole = seconds.count();
    std::tm utc{};
    gmtime_r(&whole, &utc);
    std::array<char, 40> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
    std::array<char, 24> fraction{};
    (void)std::snprintf(fraction.data(), fraction.size(), ".%06ldZ", micros);
    return std::string(text.data(), length) + fraction.data();
}

}  // namespace shop
