#include "processing/lane_runner.h"

#include <utility>

namespace carafe::processing {

namespace {

// How often the position is looked at for the background commit: writing its map costs something.
constexpr auto kPositionInterval = std::chrono::milliseconds(100);

LaneCore::Time now() {
    return std::chrono::steady_clock::now();
}

LaneCore::Policy policy_of(const Route& route) {
    LaneCore::Policy policy;
    policy.lanes = route.lanes;
    policy.max_messages = route.policy.max_messages;
    policy.retry = route.policy.retry;
    return policy;
}

}  // namespace

LaneRunner::LaneRunner(
    PartitionId id, std::uint64_t assignment, const Route& route, const Environment& environment
)
    : id_(std::move(id)),
      assignment_(assignment),
      route_(route),
      environment_(environment),
      ticker_(route.tick),
      memory_(route.lane_memory_bytes),
      admission_(route.admission) {
    for (std::size_t count = 0; count < route.lanes; ++count) {
        lanes_.push_back(std::make_unique<Lane>(
            *this,
            ConsumerCall::Environment{
                id_,
                environment_.listener,
                environment_.classifiers,
                environment_.journal,
                environment_.progress}
        ));
    }
}

void LaneRunner::start(std::unique_ptr<kafka::PartitionQueue> queue, const kafka::Position& from) {
    const std::lock_guard lock(mutex_);
    queue_ = std::move(queue);
    core_.emplace(policy_of(route_), from.offset);
    core_->hold(is_held_);
    done_ = DoneOffsets(from.metadata, from.offset);
    start_ticking();
    schedule_locked();
}

void LaneRunner::wake() {
    const std::lock_guard lock(mutex_);
    core_->readable();
    schedule_locked();
}

void LaneRunner::release(Reason reason) {
    const std::lock_guard lock(mutex_);
    reason_ = reason;
    is_releasing_ = true;
    core_->release();
    schedule_locked();
}

void LaneRunner::hold(bool held) {
    const std::lock_guard lock(mutex_);
    if (is_held_ != held) {
        is_held_ = held;
        if (core_) {
            core_->hold(held);
            schedule_locked();
        }
    }
}

bool LaneRunner::held() const {
    const std::lock_guard lock(mutex_);
    return is_held_ || (core_ && core_->paused(now()));
}

void LaneRunner::schedule_locked() {
    if (!is_scheduled_ && !is_ending_) {
        is_scheduled_ = true;
        environment_.pool.schedule(shared_from_this());
    }
}

std::optional<kafka::Position> LaneRunner::take_position(bool last) {
    const std::lock_guard lock(mutex_);
    if (!has_moved_ || (!last && now() < next_position_)) {
        return std::nullopt;
    }
    has_moved_ = false;
    next_position_ = now() + kPositionInterval;
    std::vector<std::int64_t> unfinished;
    const KeyQueues& queues = core_->queues();
    for (auto slot = queues.first(); slot != KeyQueues::kNone; slot = queues.next(slot)) {
        unfinished.push_back(queues.offset(slot));
    }
    auto noted = noted_position(std::move(unfinished), core_->end(), done_);
    return kafka::Position{noted.offset, std::move(noted.metadata)};
}

std::vector<CallStatus> LaneRunner::calls() const {
    std::vector<CallStatus> calls;
    for (const auto& lane : lanes_) {
        if (auto status = lane->call.status()) {
            calls.push_back(std::move(*status));
        }
    }
    return calls;
}

bool LaneRunner::degraded() const {
    const std::lock_guard lock(mutex_);
    return core_ && core_->degraded();
}

bool LaneRunner::halted() const {
    const std::lock_guard lock(mutex_);
    return core_ && core_->halted();
}

void LaneRunner::run() {
    std::unique_lock lock(mutex_);
    is_scheduled_ = false;
    while (step(lock)) {
    }
}

bool LaneRunner::step(std::unique_lock<std::mutex>& lock) {
    if (is_ending_) {
        return false;
    }
    if (ticker_.is_due(now()) && !is_releasing_) {
        start_ticking();
        lock.unlock();
        tell_lanes(Hook::kTick);
        lock.lock();
        return true;
    }
    const LaneCore::Command command = core_->next(now());
    if (std::holds_alternative<LaneCore::Finished>(command)) {
        is_ending_ = true;
        lock.unlock();
        finish();
        return false;
    }
    if (const auto* wait = std::get_if<LaneCore::Wait>(&command)) {
        if (timer_ != wait->until) {
            timer_ = wait->until;
            environment_.pool.schedule_at(wait->until, weak_from_this());
        }
        return false;
    }
    if (std::holds_alternative<LaneCore::Idle>(command)) {
        const bool is_idle = has_worked_ && core_->queues().empty() && !is_held_ &&
                             !is_releasing_ && !core_->halted();
        if (is_idle) {
            has_worked_ = false;
            lock.unlock();
            tell_lanes(Hook::kIdle);
            lock.lock();
        }
        return is_idle;
    }
    if (core_->needs_help(now())) {
        schedule_locked();
    }
    lock.unlock();
    std::visit(
        [this](const auto& known) {
            if constexpr (requires { this->execute(known); }) {
                execute(known);
            }
        },
        command
    );
    const bool yields = environment_.pool.has_waiting();
    lock.lock();
    if (yields) {
        schedule_locked();
        return false;
    }
    return true;
}

void LaneRunner::start_ticking() {
    ticker_.start(now());
    if (ticker_.is_running()) {
        environment_.pool.schedule_at(ticker_.next(), weak_from_this());
    }
}

void LaneRunner::tell_lanes(Hook hook) {
    for (const auto& lane : lanes_) {
        lane->due |= 1U << static_cast<unsigned>(hook);
        const std::unique_lock calling(lane->calling, std::try_to_lock);
        if (calling.owns_lock()) {
            serve_hooks(*lane);
        }
    }
}

// The lane is ours.
void LaneRunner::serve_hooks(Lane& lane) {
    const unsigned due = lane.due.exchange(0);
    for (const Hook hook : {Hook::kTick, Hook::kIdle}) {
        if (lane.host && (due & (1U << static_cast<unsigned>(hook))) != 0) {
            lane.call.hook(lane.host->consumer(), hook);
        }
    }
}

void LaneRunner::finish() {
    waiting_.reset();
    chunk_.reset();
    queue_.reset();
    for (const auto& lane : lanes_) {
        const std::lock_guard calling(lane->calling);  // a tick may still be under way
        if (lane->host) {
            lane->call.hook(
                lane->host->consumer(),
                reason_ == Reason::kRevoked ? Hook::kRevoked : Hook::kShutdown
            );
            lane->host.reset();
        }
    }
    environment_.poll_thread.released(assignment_);
    finished_ = true;  // last: from now on the group may be gone
}

}  // namespace carafe::processing
