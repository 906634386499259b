#include "realtime/frame_queue.h"

#include <iterator>
#include <utility>

namespace carafe::realtime {

bool FrameQueue::push(Frame frame) {
    const std::size_t size_bytes = frame.bytes->size();
    if (!empty()) {
        const QueueLimits granted = budget_.granted(limits_);
        if (size() >= granted.max_messages * granted.burst ||
            bytes_ + size_bytes > granted.max_bytes * granted.burst) {
            return false;
        }
    }
    bytes_ += size_bytes;
    budget_.take(size_bytes);
    frames_.push_back(std::move(frame));
    return true;
}

Frame FrameQueue::pop() {
    Frame frame = std::move(frames_[head_]);
    ++head_;
    bytes_ -= frame.bytes->size();
    budget_.give_back(frame.bytes->size());
    if (empty()) {
        clear();
    } else if (head_ >= 64 && head_ * 2 >= frames_.size()) {
        frames_.erase(
            frames_.begin(), std::next(frames_.begin(), static_cast<std::ptrdiff_t>(head_))
        );
        head_ = 0;
    }
    return frame;
}

void FrameQueue::clear() {
    // A capacity for a handful of frames is kept: giving it back for each message would cost an
    // allocation per send.
    constexpr std::size_t kKeptCapacity = 4;
    if (frames_.capacity() > kKeptCapacity) {
        std::vector<Frame>().swap(frames_);
    }
    frames_.clear();
    head_ = 0;
    budget_.give_back(std::exchange(bytes_, 0));
}

}  // namespace carafe::realtime
