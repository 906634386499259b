#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

namespace carafe::realtime {

// Deadlines of one thread, without a clock of its own: the loop asks for the earliest and says what
// time it is. Ten thousand heartbeats thereby cost one timer of the system.
class Timers {
public:
    using Clock = std::chrono::steady_clock;
    using Key = std::pair<Clock::time_point, std::uint64_t>;

    // `now` is asked whenever a timer is armed; `on_earlier` is told that the earliest changed.
    explicit Timers(std::function<Clock::time_point()> now) : now_(std::move(now)) {}
    void on_earlier(std::function<void()> listener) { on_earlier_ = std::move(listener); }

    Key arm(std::chrono::milliseconds delay, std::function<void()> task);
    void cancel(const Key& key) { tasks_.erase(key); }

    [[nodiscard]] std::optional<Clock::time_point> earliest() const;
    // Runs what is due at `now`. What these tasks arm runs in a later call.
    void run_due(Clock::time_point now);

private:
    std::function<Clock::time_point()> now_;
    std::function<void()> on_earlier_;
    std::map<Key, std::function<void()>> tasks_;
    std::uint64_t armed_ = 0;
};

// One deadline that dies with its owner, so that its task may use the owner freely.
class Timer {
public:
    explicit Timer(Timers& timers) : timers_(timers) {}
    ~Timer() { cancel(); }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    // Replaces what was armed before.
    void arm(std::chrono::milliseconds delay, std::function<void()> task) {
        cancel();
        key_ = timers_.arm(delay, std::move(task));
    }
    [[nodiscard]] bool is_armed() const { return key_.has_value(); }  // or has run
    void cancel() {
        if (key_) {
            timers_.cancel(*key_);
            key_.reset();
        }
    }

private:
    Timers& timers_;
    std::optional<Timers::Key> key_;
};

}  // namespace carafe::realtime
