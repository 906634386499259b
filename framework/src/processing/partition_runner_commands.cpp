// How each command of PartitionCore is carried out; the life around them is partition_runner.cpp.
#include <algorithm>

#include "processing/partition_runner.h"

namespace carafe::processing {

namespace {

PartitionCore::Time now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

void PartitionRunner::execute(const PartitionCore::Prove& /*command*/) {
    {
        const std::lock_guard lock(mutex_);
        awaiting_ = true;
    }
    environment_.poll_thread.prove_membership(assignment_);
}

void PartitionRunner::execute(const PartitionCore::Claim& /*command*/) {
    try {
        if (!host_) {
            make_consumer();
            host_->delivery().topic_is(topic_id_);
        }
        const std::int64_t offset = host_->delivery().claim(start_offset_);
        const auto parked = take_up_parked(offset);
        environment_.listener.on_claimed(id_, offset);
        const std::lock_guard lock(mutex_);
        // After Fenced the client has read on, so the fetch position is the claim's only when
        // nothing was drained yet.
        const bool differs = offset != start_offset_ || chunk_ != nullptr;
        position_ = offset;
        core_.claimed(differs, parked);
    } catch (const OtherTopic& other) {
        environment_.listener.on_halted(id_, other.what());
        const std::lock_guard lock(mutex_);
        core_.broken();
    } catch (...) {
        report_failure(call_.caught({}, 0), {}, 0);
    }
}

void PartitionRunner::make_consumer() {
    auto host = std::make_unique<ConsumerHost>(id_, route_, static_cast<Steering&>(*this));
    call_.initialize(host->consumer());
    host_ = std::move(host);
    const std::lock_guard lock(mutex_);
    start_ticking();
}

void PartitionRunner::execute(const PartitionCore::Restart& /*command*/) {
    copies_.reset();
    chunk_.reset();
    queue_.reset();
    in_hand_ = 0;
    std::int64_t offset = 0;
    {
        const std::lock_guard lock(mutex_);
        awaiting_ = true;
        start_offset_ = position_;
        offset = position_;
    }
    environment_.poll_thread.restart(assignment_, offset);
}

void PartitionRunner::execute(const PartitionCore::Drain& command) {
    if (!chunk_) {
        chunk_ = queue_->make_chunk();
    }
    if (drained().empty()) {
        let_go();
    }
    std::optional<std::string> error;
    if (!copies_) {  // else some wait, which come first
        error = queue_->drain(*chunk_, command.max);
    }
    const auto more_at = admit();
    const std::size_t total = records().size();
    const std::vector<Mark> known = marks();
    const std::vector<KeyedRecord> keyed = keys();
    const std::lock_guard lock(mutex_);
    core_.drained(total, known, now(), more_at, keyed);
    if (error) {
        core_.broken();
        environment_.listener.on_halted(id_, *error);
    }
}

// What must wait for its time is copied, and the client's memory let go.
std::optional<PartitionCore::Time> PartitionRunner::admit() {
    const auto all = drained();
    if (admission_.is_open()) {
        in_hand_ = all.size();
        return std::nullopt;
    }
    const auto verdict =
        admission_.admit(all.subspan(in_hand_), now(), std::chrono::system_clock::now());
    in_hand_ += verdict.admitted;
    if (in_hand_ < all.size()) {
        keep_copies();
    }
    return verdict.more_at;
}

void PartitionRunner::execute(const PartitionCore::Deliver& command) {
    if (command.attempt > 1) {
        keep_copies();
        const auto first = static_cast<std::size_t>(records().data() - copies_->messages().data());
        copies_->set_attempt(first + command.begin, first + command.end, command.attempt);
    }
    if (const auto behind = followers(command.begin, command.end); !behind.empty()) {
        deliver_beside(command, behind);
        return;
    }
    const auto batch = records().subspan(command.begin, command.end - command.begin);
    may_seek_ = true;
    auto outcome = call(host_->delivery(), {batch, command.attempt, command.is_suspect});
    if (outcome.failure) {
        if (settle_consumed(command.begin, outcome.culprits)) {
            report_failure(*outcome.failure, std::move(outcome.culprits), command.begin);
        }
        return;
    }
    std::erase_if(outcome.culprits, [&](const Culprit& one) { return one.index < consumed_; });
    if (outcome.culprits.empty() && settle_seek(batch.back().offset() + 1)) {
        return;
    }
    for (Culprit& culprit : outcome.culprits) {
        culprit.index += command.begin;
    }
    if (!outcome.culprits.empty()) {
        keep_copies();
    }
    report_success(outcome.culprits);
}

void PartitionRunner::execute(const PartitionCore::WriteAttempt& command) {
    const auto one = records().subspan(command.index, 1);
    try {
        environment_.attempts.write_attempt(
            id_, one.front().offset(), command.attempt, command.failure
        );
        const std::lock_guard lock(mutex_);
        has_written_ = true;
        core_.attempt_written();
    } catch (...) {
        report_failure(call_.caught(one, command.attempt - 1), {}, command.index);
    }
}

void PartitionRunner::execute(const PartitionCore::GiveUp& command) {
    const auto one = records().subspan(command.index, 1);
    const std::int64_t next_offset = one.front().offset() + 1;
    try {
        host_->delivery().dead_letter(
            DeadLetter{
                one.front(),
                route_.dead_letter_topic,
                command.attempts,
                command.failure.error_class,
                command.failure.error_message,
                fingerprint(command.failure)},
            next_offset
        );
        environment_.listener.on_dead_lettered(
            id_, one.front().offset(), command.attempts, command.failure
        );
    } catch (...) {
        report_failure(call_.caught(one, command.attempts), {}, command.index);
        return;
    }
    report_success({});
}

void PartitionRunner::execute(const PartitionCore::Discard& /*command*/) {
    environment_.listener.on_fenced(id_);
    let_go();
    const std::lock_guard lock(mutex_);
    core_.discarded();
}

void PartitionRunner::report_success(std::span<const Culprit> failed) {
    // The time is for what failed: when it is to be tried again.
    advance([&] { core_.succeeded(failed, failed.empty() ? PartitionCore::Time{} : now()); });
    copy_while_paused();
}

void PartitionRunner::advance(const std::function<void()>& event) {
    const auto held = records();
    bool chunk_done = false;
    {
        const std::lock_guard lock(mutex_);
        event();
        has_worked_ = true;
        const std::size_t done = core_.done_prefix();
        if (done > 0) {
            position_to_store_ = held[done - 1].offset() + 1;
        }
        chunk_done = core_.chunk_done();
        if (chunk_done) {
            position_ = held.back().offset() + 1;
            in_hand_ = 0;
        }
    }
    if (chunk_done) {
        if (drained().empty()) {
            let_go();
        }
        forget_history();
    }
}

// Of no consequence when it fails: what is below the position is never looked at again.
void PartitionRunner::forget_history() {
    if (!has_written_ && history_.empty()) {
        return;
    }
    const std::int64_t lowest = lowest_kept();
    history_.forget_below(lowest);
    try {
        environment_.attempts.forget(id_, lowest);
        has_written_ = false;
    } catch (const std::exception&) {
        has_written_ = true;  // next time
    }
}

std::vector<Mark> PartitionRunner::marks() const {
    if (history_.empty()) {
        return {};
    }
    std::vector<std::int64_t> offsets;
    for (const Message& message : records()) {
        offsets.push_back(message.offset());
    }
    return history_.marks(offsets);
}

// `culprits` by their place in the call, which begins at `first_index` of the chunk.
void PartitionRunner::report_failure(
    const Failure& failure, std::vector<Culprit> culprits, std::size_t first_index
) {
    for (Culprit& culprit : culprits) {
        culprit.index += first_index;
    }
    if (chunk_ && !records().empty()) {
        keep_copies();
    }
    const std::lock_guard lock(mutex_);
    core_.failed(failure, culprits, now());
}

// What the client's memory holds below the position is done already: a restart, or a hint that was
// behind, may bring it again.
std::span<const Message> PartitionRunner::drained() const {
    const std::span<const Message> all = copies_ ? copies_->messages() : chunk_->messages();
    if (all.empty() || all.front().offset() >= position_) {
        return all;
    }
    const auto first = std::lower_bound(
        all.begin(),
        all.end(),
        position_,
        [](const Message& message, std::int64_t offset) { return message.offset() < offset; }
    );
    return all.subspan(static_cast<std::size_t>(first - all.begin()));
}

std::span<const Message> PartitionRunner::records() const {
    return drained().first(in_hand_);
}

void PartitionRunner::keep_copies() {
    if (!copies_) {
        copies_ = std::make_unique<OwnedRecords>(drained());
        chunk_->clear();
    }
}

void PartitionRunner::let_go() {
    copies_.reset();
    chunk_->clear();
    in_hand_ = 0;
}

}  // namespace carafe::processing
