// How each command of LaneCore is carried out; the life around them is lane_runner.cpp.
#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "processing/lane_runner.h"

namespace carafe::processing {

namespace {

LaneCore::Time now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

void LaneRunner::execute(const LaneCore::Load& /*command*/) {
    std::int64_t from = 0;
    {
        const std::lock_guard lock(mutex_);
        from = core_->position();
    }
    try {
        History history = environment_.attempts.load(id_, from);
        environment_.listener.on_claimed(id_, from);
        const std::lock_guard lock(mutex_);
        history_ = std::move(history);
        remembered_ = history_.last_offset();
        core_->loaded();
    } catch (...) {
        // What is said of it is the same for every lane.
        (void)lanes_.front()->call.caught({}, 0);
        const std::lock_guard lock(mutex_);
        core_->not_loaded(now());
    }
}

// The core has one drain at a time until it hears of the arrivals: the queue and the chunk are ours
// until then, and only the copying is done without the lock.
void LaneRunner::execute(const LaneCore::Drain& command) {
    if (!chunk_) {
        chunk_ = queue_->make_chunk();
    }
    std::optional<std::string> error;
    Intake intake;
    if (!waiting_) {
        error = queue_->drain(*chunk_, command.max);
        intake.is_more = chunk_->messages().size() == command.max;
    }
    auto fresh = admitted(command.max, intake);
    not_done(fresh);
    std::list<Copies> copies;
    if (!fresh.empty()) {
        copies.emplace_back(fresh);
    }
    chunk_->clear();
    if (waiting_ && waited_ == waiting_->messages().size()) {
        waiting_.reset();
    }
    if (error) {
        environment_.listener.on_halted(id_, *error);
    }
    const std::lock_guard lock(mutex_);
    take_in(std::move(copies), intake);
    if (intake.is_more) {
        core_->readable();
    }
    if (error) {
        core_->broken();
    }
}

std::vector<Message> LaneRunner::admitted(std::size_t most, Intake& intake) {
    const auto all = waiting_ ? waiting_->messages().subspan(waited_) : chunk_->messages();
    auto now_in = all.first(std::min(most, all.size()));
    if (!admission_.is_open()) {
        const auto verdict = admission_.admit(now_in, now(), std::chrono::system_clock::now());
        now_in = all.first(verdict.admitted);
        intake.more_at = verdict.more_at;
    }
    intake.end = now_in.empty() ? 0 : now_in.back().offset() + 1;
    intake.is_more = intake.is_more || waiting_ != nullptr;
    std::vector<Message> fresh(now_in.begin(), now_in.end());
    const auto later = all.subspan(now_in.size());
    if (!waiting_ && !later.empty()) {
        waiting_ = std::make_unique<OwnedRecords>(later);
        waited_ = 0;
    } else if (waiting_) {
        waited_ += now_in.size();
    }
    return fresh;
}

// Leaves out what we, or an owner before us, have done.
void LaneRunner::not_done(std::vector<Message>& records) {
    const std::lock_guard lock(mutex_);
    const auto gone = std::erase_if(records, [this](const Message& message) {
        return message.offset() < core_->end() || done_.contains(message.offset());
    });
    has_moved_ = has_moved_ || gone > 0;
}

void LaneRunner::take_in(std::list<Copies> copies, const Intake& intake) {
    if (copies.empty()) {
        core_->arrived({}, {}, intake.end, intake.more_at);
        return;
    }
    const auto place = copies.begin();
    copies_.splice(copies_.end(), copies);
    memory_.add(place->records.bytes(), place->held);
    const auto messages = place->records.messages();
    const auto slots =
        core_->arrived(arrivals(messages), marks(messages), intake.end, intake.more_at);
    for (std::size_t index = 0; index < slots.size(); ++index) {
        if (slots[index] >= held_.size()) {
            held_.resize(slots[index] + 1);
        }
        held_[slots[index]] = {&messages[index], place};
    }
    if (memory_.is_exceeded()) {
        compact();
    }
    core_->has_room(memory_.room());
}

std::span<const KeyQueues::Arrival> LaneRunner::arrivals(std::span<const Message> records) {
    arrivals_.clear();
    for (const Message& message : records) {
        const auto key = message.key();
        arrivals_.push_back(
            {message.offset(),
             key ? std::optional<std::uint64_t>(std::hash<std::string_view>()(*key)) : std::nullopt}
        );
    }
    return arrivals_;
}

std::vector<Mark> LaneRunner::marks(std::span<const Message> records) const {
    if (history_.empty()) {
        return {};
    }
    std::vector<std::int64_t> offsets;
    for (const Message& message : records) {
        offsets.push_back(message.offset());
    }
    return history_.marks(offsets);
}

// Records that wait behind a slow key must not keep the others of their drain in memory.
void LaneRunner::compact() {
    constexpr std::size_t kMostlyGone = 4;
    const KeyQueues& queues = core_->queues();
    std::vector<KeyQueues::Slot> slots;
    std::vector<Message> messages;
    for (auto slot = queues.first(); slot != KeyQueues::kNone; slot = queues.next(slot)) {
        const Held& held = held_[slot];
        if (!core_->is_running(slot) &&
            held.copies->held * kMostlyGone <= held.copies->records.messages().size()) {
            slots.push_back(slot);
            messages.push_back(*held.message);
        }
    }
    if (messages.empty()) {
        return;
    }
    const auto together = copies_.emplace(copies_.end(), messages);
    memory_.add(together->records.bytes(), together->held);
    for (std::size_t index = 0; index < slots.size(); ++index) {
        drop(held_[slots[index]].copies);
        held_[slots[index]] = {&together->records.messages()[index], together};
    }
}

void LaneRunner::drop(CopiesPlace copies) {
    if (--copies->held == 0) {
        memory_.remove(copies->records.bytes(), copies->records.messages().size());
        copies_.erase(copies);
    }
}

void LaneRunner::let_go() {
    for (const KeyQueues::Slot slot : core_->released()) {
        drop(held_[slot].copies);
        held_[slot].message = nullptr;
        has_moved_ = true;
        has_worked_ = true;
    }
    core_->has_room(memory_.room());
}

std::span<const Message> LaneRunner::batch_of(LaneCore::Call call, int attempt) {
    std::vector<Message>& batch = lanes_[call]->batch;
    batch.clear();
    const std::lock_guard lock(mutex_);
    for (const KeyQueues::Slot slot : core_->records(call)) {
        const Message& message = *held_[slot].message;
        batch.push_back(attempt > 1 ? message.on_attempt(attempt) : message);
    }
    return batch;
}

Delivery& LaneRunner::delivery_of(Lane& lane) {
    if (!lane.host) {
        auto host = std::make_unique<ConsumerHost>(id_, route_, lane);
        lane.call.initialize(host->consumer());
        lane.host = std::move(host);
    }
    return lane.host->delivery();
}

ConsumerCall::Outcome LaneRunner::call_consumer(Lane& lane, const ConsumerCall::What& what) {
    const std::lock_guard calling(lane.calling);
    ConsumerCall::Outcome outcome;
    lane.consumed = 0;
    try {
        Delivery& delivery = delivery_of(lane);
        lane.is_called = true;
        outcome = lane.call.run(delivery, what);
    } catch (...) {  // the consumer cannot be made
        outcome.failure = lane.call.caught(what.batch, what.attempt);
        outcome.failure->kind = FailureKind::kSystemic;
    }
    lane.is_called = false;
    std::erase_if(outcome.culprits, [&](const Culprit& one) { return one.index < lane.consumed; });
    if (lane.due != 0) {
        serve_hooks(lane);
    }
    return outcome;
}

void LaneRunner::execute(const LaneCore::Deliver& command) {
    Lane& lane = *lanes_[command.call];
    const auto batch = batch_of(command.call, command.attempt);
    const auto outcome = call_consumer(lane, {batch, command.attempt, command.is_suspect});
    {
        const std::lock_guard lock(mutex_);
        if (outcome.failure) {
            core_->failed(command.call, *outcome.failure, outcome.culprits, now(), lane.consumed);
        } else {
            core_->succeeded(command.call, outcome.culprits, outcome.took, now());
        }
        let_go();
    }
    forget_history();
}

void LaneRunner::execute(const LaneCore::WriteAttempt& command) {
    const auto one = batch_of(command.call, command.attempt - 1);
    try {
        environment_.attempts.write_attempt(
            id_, one.front().offset(), command.attempt, command.failure
        );
        const std::lock_guard lock(mutex_);
        remembered_ = std::max(remembered_.value_or(0), one.front().offset());
        core_->attempt_written(command.call);
    } catch (...) {
        const Failure failure = lanes_[command.call]->call.caught(one, command.attempt - 1);
        const std::lock_guard lock(mutex_);
        core_->failed(command.call, failure, {}, now());
    }
}

void LaneRunner::execute(const LaneCore::GiveUp& command) {
    Lane& lane = *lanes_[command.call];
    const auto one = batch_of(command.call, command.attempts);
    try {
        const std::lock_guard calling(lane.calling);
        delivery_of(lane).dead_letter(
            DeadLetter{
                one.front(),
                route_.dead_letter_topic,
                command.attempts,
                command.failure.error_class,
                command.failure.error_message,
                fingerprint(command.failure)},
            one.front().offset() + 1
        );
        environment_.listener.on_dead_lettered(
            id_, one.front().offset(), command.attempts, command.failure
        );
    } catch (...) {
        const Failure failure = lane.call.caught(one, command.attempts);
        const std::lock_guard lock(mutex_);
        core_->failed(command.call, failure, {}, now());
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        core_->succeeded(command.call, {}, {}, now());
        let_go();
    }
    forget_history();
}

// Of no consequence when it fails: what is below the position is never looked at again.
void LaneRunner::forget_history() {
    std::int64_t position = 0;
    std::optional<std::int64_t> remembered;
    {
        const std::lock_guard lock(mutex_);
        position = core_->position();
        if (!remembered_ || *remembered_ >= position) {
            return;
        }
        remembered = std::exchange(remembered_, std::nullopt);
        history_ = {};
    }
    try {
        environment_.attempts.forget(id_, position);
    } catch (const std::exception&) {
        const std::lock_guard lock(mutex_);
        remembered_ = std::max(remembered_.value_or(0), *remembered);  // next time
    }
}

}  // namespace carafe::processing
