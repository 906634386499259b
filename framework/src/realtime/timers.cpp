#include "realtime/timers.h"

namespace carafe::realtime {

Timers::Key Timers::arm(std::chrono::milliseconds delay, std::function<void()> task) {
    const Key key{now_() + delay, ++armed_};
    const auto place = tasks_.emplace(key, std::move(task)).first;
    if (place == tasks_.begin() && on_earlier_) {
        on_earlier_();
    }
    return key;
}

std::optional<Timers::Clock::time_point> Timers::earliest() const {
    return tasks_.empty() ? std::nullopt : std::optional(tasks_.begin()->first.first);
}

void Timers::run_due(Clock::time_point now) {
    const std::uint64_t last = armed_;
    // Taken out one at a time: a task may cancel those that are due with it.
    for (auto due = tasks_.begin(); due != tasks_.end() && due->first.first <= now;) {
        if (due->first.second > last) {
            ++due;
            continue;
        }
        const auto task = std::move(due->second);
        tasks_.erase(due);
        task();
        due = tasks_.begin();
    }
}

}  // namespace carafe::realtime
