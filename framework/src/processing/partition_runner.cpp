#include "processing/partition_runner.h"

#include <algorithm>

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

PartitionRunner::PartitionRunner(
    PartitionId id, std::uint64_t assignment, const Route& route, const Environment& environment
)
    : id_(std::move(id)),
      assignment_(assignment),
      route_(route),
      environment_(environment),
      core_(route.policy) {}

void PartitionRunner::start(std::unique_ptr<kafka::PartitionQueue> queue, std::int64_t offset) {
    const std::lock_guard lock(mutex_);
    queue_ = std::move(queue);
    position_ = offset;
    start_offset_ = offset;
    schedule_locked();
}

void PartitionRunner::wake() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    if (!awaiting_) {
        schedule_locked();
    }
}

void PartitionRunner::proof(kafka::CommitResult result) {
    const std::lock_guard lock(mutex_);
    switch (result) {
        case kafka::CommitResult::kCommitted:
            core_.proven();
            break;
        case kafka::CommitResult::kNotAMember:
            core_.membership_lost();
            break;
        case kafka::CommitResult::kUnavailable:
            core_.not_proven(now());
            break;
    }
    awaiting_ = false;
    schedule_locked();
}

void PartitionRunner::restarted(std::unique_ptr<kafka::PartitionQueue> queue) {
    const std::lock_guard lock(mutex_);
    if (state_ == State::kFinished) {
        return;
    }
    queue_ = std::move(queue);
    core_.restarted();
    awaiting_ = false;
    schedule_locked();
}

void PartitionRunner::release(Reason reason) {
    const std::lock_guard lock(mutex_);
    reason_ = reason;
    awaiting_ = false;
    core_.release();
    schedule_locked();
}

void PartitionRunner::schedule_locked() {
    if (state_ == State::kParked) {
        state_ = State::kScheduled;
        environment_.pool.schedule(shared_from_this());
    } else if (state_ == State::kRunning) {
        woken_ = true;
    }
}

std::optional<std::int64_t> PartitionRunner::take_position() {
    const std::lock_guard lock(mutex_);
    return std::exchange(position_to_store_, std::nullopt);
}

std::chrono::milliseconds PartitionRunner::busy_for() const {
    const std::int64_t since = busy_since_ns_;
    return since == 0 ? std::chrono::milliseconds(0)
                      : std::chrono::milliseconds((now_ns() - since) / 1'000'000);
}

bool PartitionRunner::degraded() const {
    const std::lock_guard lock(mutex_);
    return core_.degraded();
}

bool PartitionRunner::halted() const {
    const std::lock_guard lock(mutex_);
    return core_.halted();
}

void PartitionRunner::run() {
    std::unique_lock lock(mutex_);
    // A timer may fire while another thread is at it, or after the end.
    if (state_ == State::kRunning || state_ == State::kFinished) {
        woken_ = true;
        return;
    }
    state_ = State::kRunning;
    while (step(lock)) {
    }
}

bool PartitionRunner::step(std::unique_lock<std::mutex>& lock) {
    const PartitionCore::Command command = core_.next(now());
    if (std::holds_alternative<PartitionCore::Finished>(command)) {
        state_ = State::kFinished;
        lock.unlock();
        finish();
        return false;
    }
    if (awaiting_ || std::holds_alternative<PartitionCore::Idle>(command)) {
        return park(lock);
    }
    if (const auto* wait = std::get_if<PartitionCore::Wait>(&command)) {
        if (timer_ != wait->until) {
            timer_ = wait->until;
            environment_.pool.schedule_at(wait->until, weak_from_this());
        }
        return park(lock);
    }
    const bool delivers = std::holds_alternative<PartitionCore::Deliver>(command);
    lock.unlock();
    std::visit(
        [this](const auto& known) {
            if constexpr (requires { this->execute(known); }) {
                execute(known);
            }
        },
        command
    );
    const bool yields = delivers && environment_.pool.has_waiting();
    lock.lock();
    if (yields) {
        state_ = State::kScheduled;
        environment_.pool.schedule(shared_from_this());
        return false;
    }
    return true;
}

bool PartitionRunner::park(std::unique_lock<std::mutex>& /*held*/) {
    if (woken_ && !awaiting_) {
        woken_ = false;
        return true;
    }
    state_ = State::kParked;
    return false;
}

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
    const std::lock_guard lock(mutex_);
    core_.drained(total, now());
    if (error) {
        core_.broken();
        environment_.listener.on_halted(id_, *error);
    }
}

void PartitionRunner::execute(const PartitionCore::Deliver& command) {
    const std::size_t count = command.end - command.begin;
    if (copies_) {
        copies_->set_attempt(command.begin, command.end, command.attempt);
    }
    const auto batch = records().subspan(command.begin, count);
    const std::int64_t next_offset = batch.back().offset() + 1;
    const std::int64_t began = now_ns();
    busy_since_ns_ = began;
    try {
        delivery_->deliver(Batch(batch), next_offset);
        busy_since_ns_ = 0;
        environment_.listener.on_processed(
            id_, offsets_of(batch), std::chrono::nanoseconds(now_ns() - began)
        );
        record_success(next_offset);
    } catch (...) {
        busy_since_ns_ = 0;
        report_failure(batch, command.attempt, command.begin);
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
        record_success(next_offset);
    } catch (...) {
        report_failure(one, command.attempts, command.index);
    }
}

void PartitionRunner::execute(const PartitionCore::Discard& /*command*/) {
    environment_.listener.on_fenced(id_);
    copies_.reset();
    chunk_->clear();
    const std::lock_guard lock(mutex_);
    core_.discarded();
}

void PartitionRunner::record_success(std::int64_t next_offset) {
    const std::lock_guard lock(mutex_);
    position_to_store_ = next_offset;
    core_.succeeded();
    if (core_.chunk_done()) {
        position_ = next_offset;
        copies_.reset();
        chunk_->clear();
    }
}

// Called in a catch block.
void PartitionRunner::report_failure(
    std::span<const Message> batch, int attempt, std::size_t first_index
) {
    const Failure failure = classify(std::current_exception(), environment_.classifiers);
    std::optional<std::size_t> culprit;
    for (std::size_t index = 0; failure.offset && index < batch.size(); ++index) {
        if (batch[index].offset() == *failure.offset) {
            culprit = first_index + index;
        }
    }
    environment_.listener.on_failed(
        id_, batch.empty() ? EngineListener::Offsets{} : offsets_of(batch), attempt, failure
    );
    if (!batch.empty()) {
        keep_copies();
    }
    const std::lock_guard lock(mutex_);
    core_.failed(failure, culprit, now());
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

void PartitionRunner::finish() {
    copies_.reset();
    chunk_.reset();
    queue_.reset();
    if (consumer_) {
        try {
            reason_ == Reason::kRevoked ? consumer_->revoked() : consumer_->shutdown();
        } catch (...) {
            environment_.listener.on_hook_failed(
                id_, classify(std::current_exception(), environment_.classifiers)
            );
        }
    }
    delivery_.reset();
    consumer_.reset();
    environment_.poll_thread.released(assignment_);
    finished_ = true;  // last: from now on the group may be gone
}

}  // namespace carafe::processing
