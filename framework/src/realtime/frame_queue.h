#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <vector>

#include "realtime/frame.h"

namespace carafe::realtime {

// What one client may have waiting, and for a short time a multiple of it: after an outage much
// happens at once, and a client that reads is through with it in a moment.
struct QueueLimits {
    std::size_t max_messages = 256;
    std::size_t max_bytes = std::size_t{256} * 1024;
    std::size_t burst = 1;
    std::chrono::milliseconds burst_time{1'000};
};

// What the clients of a server may have waiting together. Changed on the server's thread only.
class QueueBudget {
public:
    explicit QueueBudget(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    // What is granted to one client as things stand: less when memory gets scarce, so that those
    // who cannot keep up go before those who can.
    [[nodiscard]] QueueLimits granted(const QueueLimits& limits) const {
        constexpr std::size_t kScarceShare = 8;
        const std::size_t used = used_bytes();
        if (used < max_bytes_ / 2) {
            return limits;
        }
        return used < max_bytes_
                   ? QueueLimits{limits.max_messages / kScarceShare, limits.max_bytes / kScarceShare}
                   : QueueLimits{0, 0};
    }
    void take(std::size_t bytes) { used_bytes_.fetch_add(bytes, std::memory_order_relaxed); }
    void give_back(std::size_t bytes) { used_bytes_.fetch_sub(bytes, std::memory_order_relaxed); }
    // Thread-safe.
    [[nodiscard]] std::size_t used_bytes() const {
        return used_bytes_.load(std::memory_order_relaxed);
    }

private:
    const std::size_t max_bytes_;
    std::atomic<std::size_t> used_bytes_{0};
};

// What waits to be sent to one client: bounded, and free of memory while it is empty, because most
// of ten thousand clients have nothing waiting. Limits and budget must outlive it.
class FrameQueue {
public:
    FrameQueue(const QueueLimits& limits, QueueBudget& budget) : limits_(limits), budget_(budget) {}
    ~FrameQueue() { budget_.give_back(bytes_); }
    FrameQueue(const FrameQueue&) = delete;
    FrameQueue& operator=(const FrameQueue&) = delete;

    // False, and nothing changed, when the queue is full. One frame is always accepted by an empty
    // queue, however large.
    [[nodiscard]] bool push(Frame frame);
    // The oldest frame; the queue must not be empty.
    Frame pop();
    void clear();

    // More waits than may for long.
    [[nodiscard]] bool is_crowded() const {
        return size() > limits_.max_messages || (size() > 1 && bytes_ > limits_.max_bytes);
    }
    [[nodiscard]] bool empty() const { return head_ == frames_.size(); }
    [[nodiscard]] std::size_t size() const { return frames_.size() - head_; }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
    const QueueLimits& limits_;
    QueueBudget& budget_;
    std::vector<Frame> frames_;
    std::size_t head_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace carafe::realtime
