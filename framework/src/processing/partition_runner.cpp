#include "processing/partition_runner.h"

#include <utility>

namespace carafe::processing {

namespace {

PartitionCore::Time now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

PartitionRunner::PartitionRunner(
    PartitionId id, std::uint64_t assignment, const Route& route, const Environment& environment
)
    : id_(std::move(id)),
      assignment_(assignment),
      route_(route),
      environment_(environment),
      core_(route.policy),
      ticker_(route.tick),
      admission_(route.admission),
      call_(
          {id_,
           environment.listener,
           environment.classifiers,
           environment.journal,
           environment.progress}
      ) {}

void PartitionRunner::start(
    std::unique_ptr<kafka::PartitionQueue> queue, const kafka::Position& from
) {
    const std::lock_guard lock(mutex_);
    queue_ = std::move(queue);
    position_ = from.offset;
    start_offset_ = from.offset;
    topic_id_ = from.topic_id;
    is_started_ = true;
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
    is_releasing_ = true;
    awaiting_ = false;
    core_.release();
    schedule_locked();
}

void PartitionRunner::hold(bool held) {
    const std::lock_guard lock(mutex_);
    if (is_held_ != held) {
        is_held_ = held;
        core_.hold(held);
        if (is_started_) {
            schedule_locked();
        }
    }
}

bool PartitionRunner::held() const {
    const std::lock_guard lock(mutex_);
    return is_held_ || core_.paused(now());
}

void PartitionRunner::schedule_locked() {
    if (state_ == State::kParked) {
        state_ = State::kScheduled;
        environment_.pool.schedule(shared_from_this());
    } else if (state_ == State::kRunning) {
        woken_ = true;
    }
}

std::optional<kafka::Position> PartitionRunner::take_position(bool /*last*/) {
    const std::lock_guard lock(mutex_);
    const auto offset = std::exchange(position_to_store_, std::nullopt);
    return offset ? std::optional(kafka::Position{*offset}) : std::nullopt;
}

std::vector<CallStatus> PartitionRunner::calls() const {
    std::vector<CallStatus> calls;
    if (auto status = call_.status()) {
        calls.push_back(std::move(*status));
    }
    return calls;
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
    auto at = now();
    const auto began = at;
    while (step(lock, began, at)) {
    }
}

bool PartitionRunner::step(
    std::unique_lock<std::mutex>& lock, PartitionCore::Time began, PartitionCore::Time& at
) {
    if (ticker_.is_due(at) && !is_releasing_ && !awaiting_) {
        call_hook(Hook::kTick, lock);
        start_ticking();
        at = now();
        return true;
    }
    const PartitionCore::Command command = core_.next(at);
    if (std::holds_alternative<PartitionCore::Finished>(command)) {
        state_ = State::kFinished;
        lock.unlock();
        finish();
        return false;
    }
    if (awaiting_ || std::holds_alternative<PartitionCore::Idle>(command)) {
        if (may_be_idle()) {
            has_worked_ = false;
            call_hook(Hook::kIdle, lock);
            at = now();
            return true;
        }
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
    at = now();
    const bool yields = delivers && environment_.pool.has_waiting(began, at);
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

void PartitionRunner::call_hook(Hook hook, std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    call_.hook(host_->consumer(), hook);
    copy_while_paused();
    lock.lock();
}

void PartitionRunner::start_ticking() {
    ticker_.start(now());
    if (ticker_.is_running()) {
        environment_.pool.schedule_at(ticker_.next(), weak_from_this());
    }
}

bool PartitionRunner::may_be_idle() const {
    return has_worked_ && !awaiting_ && !is_held_ && !core_.halted();
}

void PartitionRunner::finish() {
    copies_.reset();
    chunk_.reset();
    queue_.reset();
    if (host_) {
        call_.hook(
            host_->consumer(), reason_ == Reason::kRevoked ? Hook::kRevoked : Hook::kShutdown
        );
    }
    host_.reset();
    environment_.poll_thread.released(assignment_);
    finished_ = true;  // last: from now on the group may be gone
}

}  // namespace carafe::processing
