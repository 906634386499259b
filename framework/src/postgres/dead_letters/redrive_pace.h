#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>

namespace carafe::postgres {

// How much a redrive does in one step, and how long to wait before the next. The rate itself is
// kept by the database, for all who work on the redrive together (Redrives::step).
class RedrivePace {
public:
    explicit RedrivePace(std::optional<double> rate) : rate_(rate) {}

    // With a rate, at most what a tenth of a second may send.
    [[nodiscard]] std::size_t size() const {
        constexpr double kMost = 200;
        return static_cast<std::size_t>(
            rate_ ? std::clamp(*rate_ / kStepsPerSecond, 1.0, kMost) : kMost
        );
    }
    [[nodiscard]] std::chrono::milliseconds pause() const {
        constexpr double kMsPerSecond = 1000;
        constexpr double kLongest = 1000;
        if (!rate_) {
            return std::chrono::milliseconds(0);
        }
        const double due = kMsPerSecond * static_cast<double>(size()) / *rate_;
        return std::chrono::milliseconds(static_cast<int>(std::clamp(due, 1.0, kLongest)));
    }

private:
    static constexpr double kStepsPerSecond = 10;
    std::optional<double> rate_;
};

}  // namespace carafe::postgres
