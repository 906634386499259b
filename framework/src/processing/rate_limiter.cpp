#include "processing/rate_limiter.h"

#include <algorithm>

namespace carafe::processing {

namespace {

constexpr std::chrono::nanoseconds kShare = std::chrono::milliseconds(100);

}  // namespace

RateLimiter::RateLimiter(std::int64_t records, std::chrono::milliseconds period)
    : interval_(std::chrono::nanoseconds(period) / records),
      share_max_(static_cast<std::size_t>(
          std::max<std::int64_t>(1, kShare / std::max(interval_, std::chrono::nanoseconds(1)))
      )) {}

RateLimiter::Share RateLimiter::reserve(std::size_t wanted, Time now) {
    const std::size_t records = std::min(wanted, share_max_);
    const std::lock_guard lock(mutex_);
    const Time from = std::max(now, free_from_);
    free_from_ = from + interval_ * static_cast<std::int64_t>(records);
    return {records, from};
}

}  // namespace carafe::processing
