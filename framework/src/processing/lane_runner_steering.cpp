// What the consumer of a lane may ask for while it is called.
#include <algorithm>

#include "processing/lane_runner.h"

namespace carafe::processing {

// The whole partition: its records are all lanes'.
void LaneRunner::Lane::pause(Time until) {
    const std::lock_guard lock(runner.mutex_);
    runner.core_->pause(until);
}

void LaneRunner::Lane::resume() {
    const std::lock_guard lock(runner.mutex_);
    runner.core_->resume();
    runner.schedule_locked();
}

void LaneRunner::Lane::check_seek() const {
    throw std::logic_error(
        "seek(): not with `parallel`, as records of other keys are under way at the same time"
    );
}

// Takes effect with the end of the call, as all that lanes do.
void LaneRunner::Lane::mark_as_consumed(const Message& message) {
    const auto under_way = is_called ? std::span<const Message>(batch) : std::span<const Message>();
    consumed = std::max(consumed, call.consumed_through(under_way, message));
}

}  // namespace carafe::processing
