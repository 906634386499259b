#include "realtime/random_id.h"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace carafe::realtime {

std::string random_id() {
    constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::array<unsigned char, 20> bytes{};
    // Up to 256 bytes come whole once the pool is seeded.
    while (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        if (errno != EINTR) {
            throw std::system_error(errno, std::generic_category(), "getrandom");
        }
    }
    std::string id;
    id.reserve(bytes.size());
    for (const unsigned char byte : bytes) {
        id += kAlphabet[byte & 0x3fU];
    }
    return id;
}

}  // namespace carafe::realtime
