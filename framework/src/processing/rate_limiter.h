#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace carafe::processing {

// At most so many records in a period (`rate_limit`), over all partitions of a route in this
// process. Who asks is given a share and the time from which it holds; shares follow each other, so
// partitions that wait are served in the order in which they asked. Nothing is saved up.
// Thread-safe.
class RateLimiter {
public:
    using Time = std::chrono::steady_clock::time_point;

    RateLimiter(std::int64_t records, std::chrono::milliseconds period);

    struct Share {
        std::size_t records = 0;
        Time from{};
    };
    // Up to `wanted` records, but no more than a tenth of a second's, so that nobody waits long.
    Share reserve(std::size_t wanted, Time now);

private:
    const std::chrono::nanoseconds interval_;  // between two records
    const std::size_t share_max_;
    std::mutex mutex_;
    Time free_from_{};
};

}  // namespace carafe::processing
