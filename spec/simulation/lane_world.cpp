// The life of a history with lanes, and what a command does; what must hold is lane_oracle.cpp.
#include "simulation/lane_world.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace carafe::simulation {

using processing::Culprit;
using processing::Failure;
using processing::FailureKind;
using std::chrono::milliseconds;

namespace {

constexpr int kKeys = 4;
constexpr int kNoKey = -1;
constexpr std::size_t kPeacefulRounds = 40'000;

Behaviour draw_behaviour(Random& random, bool crashes, int attempts) {
    switch (random.below(24)) {
        case 0:
        case 1:
            return attempts > 1 ? Behaviour::kFlaky : Behaviour::kGood;
        case 2:
            return Behaviour::kPoison;
        case 3:
            return Behaviour::kUndecodable;
        case 4:
            return Behaviour::kMarked;
        case 5:
            return crashes && random.one_in(2) ? Behaviour::kKiller : Behaviour::kGood;
        default:
            return Behaviour::kGood;
    }
}

LaneCore::Policy draw_policy(Random& random) {
    LaneCore::Policy policy;
    policy.lanes = 1 + random.below(5);
    policy.max_messages = 1 + random.below(6);
    policy.drain_at_once = 1 + random.below(8);
    policy.retry.attempts = static_cast<int>(1 + random.below(4));
    policy.retry.backoff_min = milliseconds(100);
    policy.retry.backoff_max = milliseconds(400);
    policy.retry.has_dead_letter_topic = true;
    policy.retry.writes_attempts = true;
    policy.retry.contention_tries = 4;
    policy.retry.contention_time = milliseconds(1'000);
    return policy;
}

}  // namespace

LaneWorld::LaneWorld(std::uint64_t seed, LaneCoverage& coverage, bool prints)
    : random_(seed), coverage_(coverage), prints_(prints), policy_(draw_policy(random_)) {
    crashes_ = random_.one_in(2);
    rebalances_ = random_.one_in(2);
    constexpr std::size_t kPartitions = 3;
    assigned_.resize(kPartitions);
    for (std::size_t number = 0; number < kPartitions; ++number) {
        Log& log = logs_.emplace_back();
        log.id = {"group", "topic", static_cast<std::int32_t>(number)};
        std::int64_t offset = 0;
        for (std::size_t count = 12 + random_.below(24); count > 0; --count) {
            Record record;
            offset += random_.one_in(6) ? 3 : 1;
            record.offset = offset;
            record.key = random_.one_in(8) ? kNoKey : static_cast<int>(random_.below(kKeys));
            record.behaviour = draw_behaviour(random_, crashes_, policy_.retry.attempts);
            record.names_itself = random_.one_in(2);
            record.flaky_calls = 1;
            log.records.push_back(record);
        }
        log.published = log.records.size() / 2;
        assign(number);
    }
}

std::size_t LaneWorld::run(std::size_t troubled_events) {
    for (std::size_t count = 0; count < troubled_events; ++count) {
        event();
    }
    troubled_ = false;
    for (Log& log : logs_) {
        log.published = log.records.size();
    }
    std::size_t events = troubled_events;
    for (std::size_t round = 0; round < kPeacefulRounds && !all_done(); ++round) {
        now_ += milliseconds(5);
        for (std::size_t partition = 0; partition < assigned_.size(); ++partition) {
            assigned_[partition]->core.hold(false);
            assigned_[partition]->core.has_room(true);
            assigned_[partition]->core.readable();
            step(*assigned_[partition]);
            ++events;
        }
    }
    check_end();
    return events;
}

void LaneWorld::event() {
    Lanes& lanes = *assigned_[random_.below(assigned_.size())];
    const std::size_t kind = random_.below(40);
    Log& log = logs_[lanes.partition];
    if (kind < 2) {
        log.published = std::min(log.records.size(), log.published + 1 + random_.below(4));
        lanes.core.readable();
    } else if (kind < 6) {
        now_ += milliseconds(1 + random_.below(150));
    } else if (kind == 6 && rebalances_) {
        rebalance();
    } else if (kind == 7 && crashes_ && random_.one_in(3)) {
        crash(nullptr, nullptr);
    } else if (kind == 8) {
        lanes.core.hold(random_.one_in(2));
        coverage_.count(LaneTransition::kHeld);
    } else if (kind == 9) {
        lanes.core.has_room(random_.one_in(2));
        coverage_.count(LaneTransition::kNoRoom);
    } else if (kind < 13) {
        commit(lanes);
    } else {
        step(lanes);
    }
}

void LaneWorld::step(Lanes& lanes) {
    if (!lanes.under_way.empty() && random_.one_in(2)) {
        complete(lanes, random_.below(lanes.under_way.size()));
    } else {
        begin(lanes);
    }
}

void LaneWorld::begin(Lanes& lanes) {
    const LaneCore::Command command = lanes.core.next(now_);
    if (std::holds_alternative<LaneCore::Wait>(command)) {
        coverage_.count(LaneTransition::kWaited);
    } else if (std::holds_alternative<LaneCore::Idle>(command)) {
        coverage_.count(LaneTransition::kIdle);
    } else if (std::holds_alternative<LaneCore::Finished>(command)) {
        end(lanes);
    } else {
        if (const auto* deliver = std::get_if<LaneCore::Deliver>(&command)) {
            say(lanes, "call " + std::to_string(deliver->call) + " begins");
            check_start_of_call(lanes, *deliver);
        }
        if (!lanes.under_way.empty()) {
            coverage_.count(LaneTransition::kSeveralCalls);
        }
        lanes.under_way.push_back(command);
    }
}

void LaneWorld::complete(Lanes& lanes, std::size_t index) {
    const LaneCore::Command command = lanes.under_way[index];
    lanes.under_way.erase(lanes.under_way.begin() + static_cast<std::ptrdiff_t>(index));
    std::visit([&](const auto& known) { carry_out(lanes, known); }, command);
}

template <typename Other>
void LaneWorld::carry_out(Lanes& /*lanes*/, const Other& /*command*/) {
    throw Violation("a command that is none");
}

void LaneWorld::carry_out(Lanes& lanes, const LaneCore::Load& /*command*/) {
    if (maybe(6)) {
        coverage_.count(LaneTransition::kLoadFailed);
        lanes.core.not_loaded(now_);
        return;
    }
    coverage_.count(LaneTransition::kLoaded);
    lanes.history = attempts_.load(logs_[lanes.partition].id, lanes.core.position());
    lanes.core.loaded();
}

void LaneWorld::carry_out(Lanes& lanes, const LaneCore::Drain& command) {
    const Log& log = logs_[lanes.partition];
    std::vector<processing::KeyQueues::Arrival> arrivals;
    std::vector<std::int64_t> offsets;
    std::vector<std::size_t> fresh;
    std::int64_t end = 0;
    std::size_t drained = 0;
    const std::size_t there = troubled_ ? random_.below(command.max + 1) : command.max;
    while (lanes.fetched < log.published && drained < there) {
        const Record& record = log.records[lanes.fetched];
        ++drained;
        end = record.offset + 1;
        if (record.offset < lanes.core.end() || lanes.done.contains(record.offset)) {
            coverage_.count(LaneTransition::kSkippedDone);
        } else {
            const auto key = static_cast<std::uint64_t>(record.key);
            arrivals.push_back(
                {record.offset, record.key == kNoKey ? std::nullopt : std::optional(key)}
            );
            offsets.push_back(record.offset);
            fresh.push_back(lanes.fetched);
        }
        ++lanes.fetched;
    }
    const auto marks = lanes.history.marks(offsets);
    const auto slots = lanes.core.arrived(arrivals, marks, end);
    for (std::size_t index = 0; index < slots.size(); ++index) {
        lanes.places[slots[index]] = fresh[index];
    }
    if (lanes.fetched < log.published) {
        lanes.core.readable();
    }
    coverage_.count(
        slots.empty()    ? LaneTransition::kArrivedNothing
        : !marks.empty() ? LaneTransition::kArrivedKnown
                         : LaneTransition::kArrived
    );
}

void LaneWorld::carry_out(Lanes& lanes, const LaneCore::Deliver& command) {
    Log& log = logs_[lanes.partition];
    for (const std::size_t place : places(lanes, command.call)) {
        if (log.records[place].behaviour == Behaviour::kKiller) {
            coverage_.count(LaneTransition::kDeliverDied);
            crash(&lanes, &command);
            return;
        }
        if (log.records[place].fails() && log.records[place].behaviour != Behaviour::kMarked) {
            break;  // the handler does not get further
        }
    }
    if (maybe(20)) {
        coverage_.count(LaneTransition::kDeliverSystemic);
        fail(lanes, command.call, FailureKind::kSystemic);
    } else if (maybe(20)) {
        coverage_.count(LaneTransition::kDeliverContention);
        fail(lanes, command.call, FailureKind::kContention);
    } else if (!handler_fails(lanes, command)) {
        for (const std::size_t place : places(lanes, command.call)) {
            take_effect(log, log.records[place], false);
        }
        coverage_.count(LaneTransition::kDelivered);
        succeed(lanes, command.call, {});
    }
}

// Calls the handler. True when that was all there is to it.
bool LaneWorld::handler_fails(Lanes& lanes, const LaneCore::Deliver& command) {
    Log& log = logs_[lanes.partition];
    const auto in_hand = places(lanes, command.call);
    std::vector<Culprit> marked;
    for (std::size_t index = 0; index < in_hand.size(); ++index) {
        Record& one = log.records[in_hand[index]];
        if (!one.fails()) {
            continue;
        }
        if (one.behaviour == Behaviour::kMarked) {
            marked.push_back({index, {}});
            continue;
        }
        Failure failure;
        failure.kind = one.behaviour == Behaviour::kUndecodable ? FailureKind::kUndecodable
                                                                : FailureKind::kPermanent;
        std::vector<Culprit> named;
        if (failure.kind == FailureKind::kUndecodable || one.names_itself) {
            named.push_back({index, failure});
        }
        count_failures(lanes, command);
        one.flaky_calls = std::max(0, one.flaky_calls - 1);
        coverage_.count(
            failure.kind == FailureKind::kUndecodable ? LaneTransition::kDeliverUndecodable
            : named.empty()                           ? LaneTransition::kDeliverPermanent
                                                      : LaneTransition::kDeliverNamed
        );
        say(lanes, "call " + std::to_string(command.call) + " fails");
        lanes.core.failed(command.call, failure, named, now_);
        return true;
    }
    if (marked.empty()) {
        return false;
    }
    coverage_.count(LaneTransition::kDeliveredInPart);
    for (const std::size_t place : in_hand) {
        Record& one = log.records[place];
        if (one.behaviour != Behaviour::kMarked) {
            take_effect(log, one, false);
        } else if (in_hand.size() == 1 || command.attempt == 1) {
            ++one.counted_failures;
            lanes.failed_alone_at[one.offset] = now_;
        }
    }
    succeed(lanes, command.call, marked);
    return true;
}

void LaneWorld::carry_out(Lanes& lanes, const LaneCore::WriteAttempt& command) {
    const std::size_t place = places(lanes, command.call).front();
    const bool is_lost = maybe(8);
    if (!is_lost) {
        attempts_.write_attempt(
            logs_[lanes.partition].id,
            logs_[lanes.partition].records[place].offset,
            command.attempt,
            command.failure
        );
    }
    if (is_lost || maybe(8)) {  // or written, but the answer was lost
        coverage_.count(LaneTransition::kAttemptWriteFailed);
        fail(lanes, command.call, FailureKind::kSystemic);
        return;
    }
    coverage_.count(LaneTransition::kAttemptWritten);
    lanes.core.attempt_written(command.call);
}

void LaneWorld::carry_out(Lanes& lanes, const LaneCore::GiveUp& command) {
    if (maybe(5)) {
        coverage_.count(LaneTransition::kDeadLetterFailed);
        fail(lanes, command.call, FailureKind::kSystemic);
        return;
    }
    Log& log = logs_[lanes.partition];
    take_effect(log, log.records[places(lanes, command.call).front()], true);
    coverage_.count(LaneTransition::kDeadLettered);
    succeed(lanes, command.call, {});
}

void LaneWorld::fail(Lanes& lanes, LaneCore::Call call, FailureKind kind) {
    Failure failure;
    failure.kind = kind;
    lanes.core.failed(call, failure, {}, now_);
}

void LaneWorld::succeed(Lanes& lanes, LaneCore::Call call, std::span<const Culprit> failed) {
    say(lanes, "call " + std::to_string(call) + " succeeds");
    // Now quick, now slow: calls grow and shrink.
    lanes.core.succeeded(call, failed, milliseconds(random_.one_in(3) ? 3 : 0), now_);
    for (const LaneCore::Slot slot : lanes.core.released()) {
        lanes.places.erase(slot);
    }
}

void LaneWorld::rebalance() {
    Lanes& lanes = *assigned_[random_.below(assigned_.size())];
    if (!lanes.under_way.empty()) {
        coverage_.count(LaneTransition::kReleasedUnderWay);
    }
    lanes.core.release();
}

void LaneWorld::end(Lanes& lanes) {
    if (!lanes.under_way.empty()) {
        throw Violation("finished while something is under way");
    }
    coverage_.count(LaneTransition::kFinished);
    commit(lanes);
    assign(lanes.partition);
}

// The worker that has all partitions dies; another one starts, after having looked at its journal.
void LaneWorld::crash(Lanes* guilty, const LaneCore::Deliver* killer) {
    std::vector<processing::InHand> hands;
    const auto put = [&](const Lanes& lanes, const LaneCore::Deliver& call, bool caused_it) {
        const auto in_hand = places(lanes, call.call);
        std::vector<Record>& records = logs_[lanes.partition].records;
        const processing::SuspectRange range{
            records[in_hand.front()].offset, records[in_hand.back()].offset};
        records[in_hand.front()].counted_deaths += caused_it && in_hand.size() == 1 ? 1 : 0;
        hands.push_back({logs_[lanes.partition].id, range, call.is_suspect, caused_it});
    };
    for (const auto& lanes : assigned_) {
        for (const LaneCore::Command& command : lanes->under_way) {
            if (const auto* call = std::get_if<LaneCore::Deliver>(&command)) {
                put(*lanes, *call, false);
            }
        }
    }
    if (guilty != nullptr) {
        put(*guilty, *killer, true);
    }
    attempts_.suspect(processing::accuse(hands, false));
    for (std::size_t partition = 0; partition < assigned_.size(); ++partition) {
        assign(partition);
    }
}

void LaneWorld::assign(std::size_t partition) {
    Log& log = logs_[partition];
    ++log.handovers;
    auto lanes = std::make_unique<Lanes>(partition, policy_, log.committed);
    lanes->promised = log.promised;
    while (lanes->fetched < log.records.size() &&
           log.records[lanes->fetched].offset < log.committed.offset) {
        ++lanes->fetched;
    }
    assigned_[partition] = std::move(lanes);
}

LaneWorld::Position LaneWorld::position_of(Lanes& lanes) const {
    const auto& queues = lanes.core.queues();
    std::vector<std::int64_t> unfinished;
    for (auto slot = queues.first(); slot != processing::KeyQueues::kNone;
         slot = queues.next(slot)) {
        unfinished.push_back(queues.offset(slot));
    }
    return processing::noted_position(std::move(unfinished), lanes.core.end(), lanes.done);
}

void LaneWorld::commit(Lanes& lanes) {
    Log& log = logs_[lanes.partition];
    const Position position = position_of(lanes);
    say(lanes, "commits " + std::to_string(position.offset) + " " + position.metadata);
    check_committed(log, position);
    log.committed = position;
    log.promised = finished(lanes);
}

// What this owner, or one before, has done and may not come again.
std::set<std::int64_t> LaneWorld::finished(const Lanes& lanes) const {
    std::set<std::int64_t> offsets = lanes.promised;
    for (const Record& record : logs_[lanes.partition].records) {
        if (record.offset < lanes.core.end()) {
            offsets.insert(record.offset);
        }
    }
    const auto& queues = lanes.core.queues();
    for (auto slot = queues.first(); slot != processing::KeyQueues::kNone;
         slot = queues.next(slot)) {
        offsets.erase(queues.offset(slot));
    }
    return offsets;
}

std::vector<std::size_t> LaneWorld::places(const Lanes& lanes, LaneCore::Call call) const {
    std::vector<std::size_t> found;
    for (const LaneCore::Slot slot : lanes.core.records(call)) {
        const auto place = lanes.places.find(slot);
        if (place == lanes.places.end()) {
            throw Violation("a call has a record that was let go");
        }
        found.push_back(place->second);
    }
    return found;
}

void LaneWorld::say(const Lanes& lanes, const std::string& what) const {
    if (prints_) {
        std::printf("partition %zu: %s\n", lanes.partition, what.c_str());
    }
}

}  // namespace carafe::simulation
