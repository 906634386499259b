#pragma once

#include <chrono>

namespace carafe::processing {

// When a consumer's tick() is due. What is late is not made up: the next one is a whole interval
// after the one that ran. Not synchronised.
class Ticker {
public:
    using Time = std::chrono::steady_clock::time_point;

    // Zero: never.
    explicit Ticker(std::chrono::milliseconds interval) : interval_(interval) {}

    // From now on.
    void start(Time now) { next_ = now + interval_; }
    [[nodiscard]] bool is_running() const { return interval_.count() > 0 && next_ > Time{}; }
    [[nodiscard]] bool is_due(Time now) const { return is_running() && now >= next_; }
    [[nodiscard]] Time next() const { return next_; }

private:
    const std::chrono::milliseconds interval_;
    Time next_{};
};

}  // namespace carafe::processing
