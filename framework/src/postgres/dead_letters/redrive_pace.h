#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace carafe::postgres {

// How many records a redrive may send next, and when, so that it keeps to its rate.
class RedrivePace {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit RedrivePace(std::optional<double> rate) : rate_(rate) {}

    // Of one step. With a rate, at most what a tenth of a second may send.
    [[nodiscard]] std::size_t size() const {
        constexpr double kStepsPerSecond = 10;
        constexpr double kMost = 200;
        return static_cast<std::size_t>(
            rate_ ? std::clamp(*rate_ / kStepsPerSecond, 1.0, kMost) : kMost
        );
    }
    [[nodiscard]] Time next() const { return next_; }
    void sent(std::int64_t count, Time now) {
        if (rate_) {
            const std::chrono::duration<double> due(static_cast<double>(count) / *rate_);
            next_ = std::max(next_, now - std::chrono::milliseconds(100)) +
                    std::chrono::duration_cast<std::chrono::steady_clock::duration>(due);
        }
    }

private:
    std::optional<double> rate_;
    Time next_{};
};

}  // namespace carafe::postgres
