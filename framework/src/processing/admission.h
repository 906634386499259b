#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "carafe/message.h"
#include "processing/rate_limiter.h"

namespace carafe::processing {

// How many of the records at hand may be handed out, and when more may: `delay` and `rate_limit` of
// a route, for one assignment. No clock inside; used by one thread at a time.
class Admission {
public:
    using Time = std::chrono::steady_clock::time_point;
    using WallTime = std::chrono::system_clock::time_point;

    struct Policy {
        std::chrono::milliseconds delay{};       // after the record's timestamp; zero: none
        std::shared_ptr<RateLimiter> limiter{};  // of the route; may be null
    };

    struct Verdict {
        std::size_t admitted = 0;
        std::optional<Time> more_at;  // set when some must wait: ask again then
    };

    explicit Admission(Policy policy) : policy_(std::move(policy)) {}

    // Nothing ever waits.
    [[nodiscard]] bool is_open() const {
        return policy_.delay.count() == 0 && policy_.limiter == nullptr;
    }
    // `records`: those not admitted yet, in offset order. What is admitted is not asked about
    // again.
    Verdict admit(std::span<const Message> records, Time now, WallTime wall);

private:
    [[nodiscard]] Verdict due(std::span<const Message> records, Time now, WallTime wall) const;

    const Policy policy_;
    RateLimiter::Share share_;  // what is left of it
};

}  // namespace carafe::processing
