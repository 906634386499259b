#pragma once

#include <cstddef>

namespace carafe::processing {

// What the records that wait in a partition's lanes take of its share of the memory budget, and how
// many more may come. Used under the runner's lock.
class LaneMemory {
public:
    explicit LaneMemory(std::size_t limit_bytes) : limit_(limit_bytes) {}

    void add(std::size_t bytes, std::size_t records);
    void remove(std::size_t bytes, std::size_t records);

    [[nodiscard]] bool is_exceeded() const { return bytes_ > limit_; }
    // Records that fit, taken to be like those in hand or the last that were; none before an eighth
    // is free, so that they come in drains that are worth it. Unlimited while nothing is known.
    [[nodiscard]] std::size_t room() const;

private:
    const std::size_t limit_;
    std::size_t bytes_ = 0;
    std::size_t records_ = 0;
    std::size_t record_bytes_ = 0;  // on average
};

}  // namespace carafe::processing
