#pragma once

#include <algorithm>
#include <chrono>

namespace carafe::postgres {

// Work that comes again and again and may become slow, at a pace at which it never takes more than
// a small share of the time. Used by one thread.
class Pace {
public:
    using Clock = std::chrono::steady_clock;

    // After each time it rests `rests` times as long as that took, but for `shortest` at least and
    // for `longest` at most.
    Pace(int rests, Clock::duration shortest, Clock::duration longest)
        : rests_(rests), shortest_(shortest), longest_(longest) {}

    [[nodiscard]] bool is_due(Clock::time_point now) const { return now >= next_; }
    void worked(Clock::time_point began, Clock::time_point ended) {
        next_ = ended + std::clamp((ended - began) * rests_, shortest_, longest_);
    }
    // It is due at once.
    void hurry() { next_ = {}; }

private:
    const int rests_;
    const Clock::duration shortest_;
    const Clock::duration longest_;
    Clock::time_point next_{};
};

}  // namespace carafe::postgres
