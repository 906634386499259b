// What a consumer may ask for while it is called: pause, seek, mark_as_consumed.
#include <algorithm>
#include <stdexcept>

#include "processing/partition_runner.h"

namespace carafe::processing {

void PartitionRunner::pause(Time until) {
    const std::lock_guard lock(mutex_);
    core_.pause(until);
}

void PartitionRunner::resume() {
    const std::lock_guard lock(mutex_);
    core_.resume();
}

void PartitionRunner::check_seek() const {
    if (!may_seek_) {
        throw std::logic_error(
            "seek(): only within consume, and not for a record that was parked (order: park): its "
            "place is behind the partition's position"
        );
    }
}

// The position may be stored at once, so that a crash of this very call repeats only the rest.
void PartitionRunner::mark_as_consumed(const Message& message) {
    if (route_.policy.proves_membership) {
        throw std::logic_error(
            "mark_as_consumed(): in exactly_once the effects of a batch and the position commit "
            "together, when consume returns; use a smaller batch.max_messages, or at_least_once"
        );
    }
    const std::size_t count = call_.consumed_through(called_with_, message);
    if (count <= consumed_) {
        return;
    }
    consumed_ = count;
    const std::lock_guard lock(mutex_);
    position_to_store_ = called_with_[count - 1].offset() + 1;
}

ConsumerCall::Outcome PartitionRunner::call(Delivery& delivery, const ConsumerCall::What& what) {
    called_with_ = what.batch;
    consumed_ = 0;
    static_cast<void>(host_->delivery().take_sought());  // of a call that failed
    auto outcome = call_.run(delivery, what);
    called_with_ = {};
    may_seek_ = false;
    return outcome;
}

// What the consumer marked before it failed is done. False when nothing is left that could fail.
bool PartitionRunner::settle_consumed(std::size_t begin, std::vector<Culprit>& culprits) {
    if (consumed_ == 0) {
        return true;
    }
    std::erase_if(culprits, [this](const Culprit& one) { return one.index < consumed_; });
    keep_copies();
    bool is_some_left = false;
    advance([&] { is_some_left = core_.consumed(begin + consumed_); });
    return is_some_left;
}

// After a call that took effect; `next_offset` is behind it. False when it asked for nothing.
bool PartitionRunner::settle_seek(std::int64_t next_offset) {
    const auto sought = host_->delivery().take_sought();
    if (!sought) {
        return false;
    }
    let_go();
    // What was remembered of records that may come again: they begin anew.
    position_ = next_offset;
    forget_history();
    environment_.listener.on_sought(id_, *sought);
    const std::lock_guard lock(mutex_);
    core_.succeeded({}, std::chrono::steady_clock::now());
    core_.sought();
    has_worked_ = true;
    position_ = *sought;
    start_offset_ = *sought;
    position_to_store_ = *sought;
    return true;
}

// What is in hand for so long must not keep the client's memory.
void PartitionRunner::copy_while_paused() {
    bool is_paused = false;
    {
        const std::lock_guard lock(mutex_);
        is_paused = core_.paused(std::chrono::steady_clock::now());
    }
    if (is_paused && chunk_ && !drained().empty()) {
        keep_copies();
    }
}

}  // namespace carafe::processing
