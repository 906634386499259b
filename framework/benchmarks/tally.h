#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "subject.h"

namespace carafe::bench {

// Where all consumer instances of a run meet.
class Tally {
public:
    explicit Tally(std::int64_t wanted) : wanted_(wanted) {}

    void add(std::int64_t count, std::uint64_t sum) {
        if (read_.load(std::memory_order_relaxed) == 0) {
            begin();
        }
        sum_.fetch_add(sum, std::memory_order_relaxed);
        if (read_.fetch_add(count, std::memory_order_relaxed) + count >= wanted_) {
            const std::lock_guard lock(mutex_);
            end_ = std::chrono::steady_clock::now();
            complete_ = true;
            done_.notify_all();
        }
    }

    Outcome wait() {
        std::unique_lock lock(mutex_);
        done_.wait(lock, [this] { return complete_; });
        return {std::chrono::duration<double>(end_ - begin_).count(), sum_};
    }

private:
    void begin() {
        const std::lock_guard lock(mutex_);
        if (begin_ == std::chrono::steady_clock::time_point{}) {
            begin_ = std::chrono::steady_clock::now();
        }
    }

    const std::int64_t wanted_;
    std::atomic<std::int64_t> read_{0};
    std::atomic<std::uint64_t> sum_{0};
    std::mutex mutex_;
    std::condition_variable done_;
    bool complete_ = false;
    std::chrono::steady_clock::time_point begin_{};
    std::chrono::steady_clock::time_point end_{};
};

}  // namespace carafe::bench
