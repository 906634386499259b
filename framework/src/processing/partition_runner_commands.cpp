// How each command of PartitionCore is carried out; the life around them is partition_runner.cpp.
#include <algorithm>

#include "processing/partition_runner.h"

namespace carafe::processing {

namespace {

std::int64_t now_ns() {
    return std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1);
}

PartitionCore::Time now() {
    return std::chrono::steady_clock::now();
}

EngineListener::Offsets offsets_of(std::span<const Message> records) {
    return {records.front().offset(), records.back().offset(), records.size()};
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
        if (!delivery_) {
            consumer_ = route_.consumer.make();
            delivery_ = route_.delivery(id_, *consumer_);
        }
        const std::int64_t offset = delivery_->claim(start_offset_);
        history_ = environment_.attempts.load(id_, offset);
        environment_.listener.on_claimed(id_, offset);
        const std::lock_guard lock(mutex_);
        // After Fenced the client has read on, so the fetch position is the claim's only when
        // nothing was drained yet.
        const bool differs = offset != start_offset_ || chunk_ != nullptr;
        position_ = offset;
        core_.claimed(differs);
    } catch (...) {
        report_failure({}, 0, 0);
    }
}

void PartitionRunner::execute(const PartitionCore::Restart& /*command*/) {
    chunk_.reset();
    queue_.reset();
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
    if (records().empty()) {
        copies_.reset();
        chunk_->clear();
    }
    const auto error = queue_->drain(*chunk_, command.max);
    const std::size_t total = records().size();
    const std::vector<Mark> known = marks();
    const std::lock_guard lock(mutex_);
    core_.drained(total, known, now());
    if (error) {
        core_.broken();
        environment_.listener.on_halted(id_, *error);
    }
}

void PartitionRunner::execute(const PartitionCore::Deliver& command) {
    if (command.attempt > 1) {
        keep_copies();
        copies_->set_attempt(command.begin, command.end, command.attempt);
    }
    const auto batch = records().subspan(command.begin, command.end - command.begin);
    try {
        call(command, batch);
    } catch (...) {
        report_failure(batch, command.attempt, command.begin);
        return;
    }
    const std::vector<Culprit> failed = culprits({}, batch, command.begin);
    if (!failed.empty()) {
        keep_copies();
        environment_.listener.on_failed(
            id_, offsets_of(batch), command.attempt, failed.front().failure
        );
    }
    report_success(failed);
}

void PartitionRunner::call(const PartitionCore::Deliver& command, std::span<const Message> batch) {
    const EngineListener::Offsets offsets = offsets_of(batch);
    const std::int64_t began = now_ns();
    marked_.clear();
    call_began_ns_ = began;
    busy_since_ns_ = began;
    if (environment_.journal != nullptr) {
        environment_.journal->begin({id_, {offsets.first, offsets.last}, command.is_suspect});
    }
    const auto ended = [this] {
        busy_since_ns_ = 0;
        if (environment_.journal != nullptr) {
            environment_.journal->end();
        }
    };
    try {
        delivery_->deliver(Batch(batch, &marked_), offsets.last + 1);
    } catch (...) {
        ended();
        throw;
    }
    ended();
    const std::int64_t end = now_ns();
    environment_.progress = end;
    environment_.listener.on_processed(id_, offsets, std::chrono::nanoseconds(end - began));
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
        report_failure(one, command.attempt - 1, command.index);
    }
}

void PartitionRunner::execute(const PartitionCore::GiveUp& command) {
    const auto one = records().subspan(command.index, 1);
    const std::int64_t next_offset = one.front().offset() + 1;
    try {
        delivery_->dead_letter(
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
        report_failure(one, command.attempts, command.index);
        return;
    }
    report_success({});
}

void PartitionRunner::execute(const PartitionCore::Discard& /*command*/) {
    environment_.listener.on_fenced(id_);
    copies_.reset();
    chunk_->clear();
    const std::lock_guard lock(mutex_);
    core_.discarded();
}

void PartitionRunner::report_success(std::span<const Culprit> failed) {
    const auto held = records();
    bool chunk_done = false;
    {
        const std::lock_guard lock(mutex_);
        core_.succeeded(failed, now());
        const std::size_t done = core_.done_prefix();
        if (done > 0) {
            position_to_store_ = held[done - 1].offset() + 1;
        }
        chunk_done = core_.chunk_done();
        if (chunk_done) {
            position_ = held.back().offset() + 1;
        }
    }
    if (chunk_done) {
        copies_.reset();
        chunk_->clear();
        forget_history();
    }
}

// Of no consequence when it fails: what is below the position is never looked at again.
void PartitionRunner::forget_history() {
    if (!has_written_ && history_.empty()) {
        return;
    }
    history_.forget_below(position_);
    try {
        environment_.attempts.forget(id_, position_);
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

void PartitionRunner::report_failure(
    std::span<const Message> batch, int attempt, std::size_t first_index
) {
    Failure failure = classify(std::current_exception(), environment_.classifiers);
    failure.others_progress = environment_.progress > call_began_ns_;
    if (failure.kind == FailureKind::kOverdue) {
        failure.kind = failure.others_progress ? FailureKind::kPermanent : FailureKind::kSystemic;
    }
    environment_.listener.on_failed(
        id_, batch.empty() ? EngineListener::Offsets{} : offsets_of(batch), attempt, failure
    );
    const auto named = culprits(failure, batch, first_index);
    if (!batch.empty()) {
        keep_copies();
    }
    const std::lock_guard lock(mutex_);
    core_.failed(failure, named, now());
}

// The records that the failure names, or that the handler marked, in offset order.
std::vector<Culprit> PartitionRunner::culprits(
    const Failure& failure, std::span<const Message> batch, std::size_t first_index
) const {
    std::vector<Culprit> found;
    for (std::size_t index = 0; index < batch.size(); ++index) {
        const std::int64_t offset = batch[index].offset();
        const auto marked =
            std::find_if(marked_.begin(), marked_.end(), [offset](const MarkedFailure& mark) {
                return mark.offset == offset;
            });
        if (marked != marked_.end() && !failure.offset) {
            Failure reason;
            reason.error_class = "carafe::MessageError";
            reason.error_message = marked->reason;
            found.push_back({first_index + index, reason});
        } else if (failure.offset == offset) {
            found.push_back({first_index + index, failure});
        }
    }
    return found;
}

// What the client's memory holds below the position is done already: a restart, or a hint that was
// behind, may bring it again.
std::span<const Message> PartitionRunner::records() const {
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

void PartitionRunner::keep_copies() {
    if (!copies_) {
        copies_ = std::make_unique<OwnedRecords>(records());
        chunk_->clear();
    }
}

}  // namespace carafe::processing
