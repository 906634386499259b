#include "processing/lane_memory.h"

#include <algorithm>
#include <limits>

namespace carafe::processing {

void LaneMemory::add(std::size_t bytes, std::size_t records) {
    bytes_ += bytes;
    records_ += records;
    record_bytes_ = bytes_ / std::max<std::size_t>(1, records_);
}

void LaneMemory::remove(std::size_t bytes, std::size_t records) {
    bytes_ -= bytes;
    records_ -= records;
}

std::size_t LaneMemory::room() const {
    constexpr std::size_t kPartOfDrain = 8;
    if (record_bytes_ == 0) {
        return std::numeric_limits<std::size_t>::max();
    }
    const std::size_t free = limit_ - std::min(limit_, bytes_);
    return free < limit_ / kPartOfDrain ? 0 : std::max<std::size_t>(1, free / record_bytes_);
}

}  // namespace carafe::processing
