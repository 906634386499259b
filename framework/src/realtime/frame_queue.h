#pragma once

#include <cstddef>
#include <vector>

#include "realtime/frame.h"

namespace carafe::realtime {

// What waits to be sent to one client: bounded, and free of memory while it is empty, because most
// of ten thousand clients have nothing waiting.
class FrameQueue {
public:
    FrameQueue(std::size_t max_messages, std::size_t max_bytes)
        : max_messages_(max_messages), max_bytes_(max_bytes) {}

    // False, and nothing changed, when the queue is full. One frame is always accepted by an empty
    // queue, however large.
    [[nodiscard]] bool push(Frame frame);
    // The oldest frame; the queue must not be empty.
    Frame pop();
    void clear();

    [[nodiscard]] bool empty() const { return head_ == frames_.size(); }
    [[nodiscard]] std::size_t size() const { return frames_.size() - head_; }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
    std::size_t max_messages_;
    std::size_t max_bytes_;
    std::vector<Frame> frames_;
    std::size_t head_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace carafe::realtime
