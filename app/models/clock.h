#pragma once

#include <chrono>
#include <string>

namespace shop {

// Times leave the shop as RFC 3339 text in UTC with microseconds, and are held as that.
std::string rfc3339(std::chrono::system_clock::time_point moment);

inline std::string now_rfc3339() {
    return rfc3339(std::chrono::system_clock::now());
}

}  // namespace shop
