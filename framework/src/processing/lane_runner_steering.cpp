// What the consumer of a lane may ask for while it is called.
#include <algorithm>
#include <stdexcept>

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
    const std::int64_t offset = message.offset();
    const auto found = std::find_if(batch.begin(), batch.end(), [&](const Message& one) {
        return one.offset() == offset;
    });
    if (!is_called || found == batch.end()) {
        throw std::logic_error(
            "mark_as_consumed(): " + std::to_string(offset) + " is not in the batch of this call"
        );
    }
    auto end = found + 1;
    if (const auto failed = call.first_marked(); failed && *failed <= offset) {
        end = std::find_if(batch.begin(), end, [&](const Message& one) {
            return one.offset() >= *failed;
        });
    }
    consumed = std::max(consumed, static_cast<std::size_t>(end - batch.begin()));
}

}  // namespace carafe::processing
