// What a command of LaneCore does here, and what may go wrong with it: what LaneRunner does.
#include <algorithm>

#include "simulation/lane_world.h"

namespace carafe::simulation {

using processing::Culprit;
using processing::Failure;
using processing::FailureKind;
using std::chrono::milliseconds;

void LaneWorld::complete(Lanes& lanes, std::size_t index) {
    const LaneCore::Command command = lanes.under_way[index];
    lanes.under_way.erase(lanes.under_way.begin() + static_cast<std::ptrdiff_t>(index));
    std::visit([&](const auto& known) { carry_out(lanes, known); }, command);
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
    if (lanes.more_at && now_ < *lanes.more_at) {
        throw Violation("drains although there is nothing that may be taken in yet");
    }
    lanes.more_at.reset();
    const std::size_t there = troubled_ ? random_.below(command.max + 1) : command.max;
    while (lanes.fetched < log.published && drained < there) {
        const Record& record = log.records[lanes.fetched];
        if (now_ < record.ready_at) {
            lanes.more_at = record.ready_at;
            coverage_.count(LaneTransition::kArrivedUntilLater);
            break;
        }
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
    const auto slots = lanes.core.arrived(arrivals, marks, end, lanes.more_at);
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
        const std::size_t consumed = consume_some(lanes, command.call, index);
        count_failures(lanes, command, consumed);
        one.flaky_calls = std::max(0, one.flaky_calls - 1);
        coverage_.count(
            failure.kind == FailureKind::kUndecodable ? LaneTransition::kDeliverUndecodable
            : named.empty()                           ? LaneTransition::kDeliverPermanent
                                                      : LaneTransition::kDeliverNamed
        );
        say(lanes, "call " + std::to_string(command.call) + " fails");
        lanes.core.failed(command.call, failure, named, now_, consumed);
        let_go(lanes);
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

// Of a call that is about to fail at `failing`, the handler has marked so many of the first.
std::size_t LaneWorld::consume_some(Lanes& lanes, LaneCore::Call call, std::size_t failing) {
    if (failing == 0 || !random_.one_in(2)) {
        return 0;
    }
    Log& log = logs_[lanes.partition];
    const auto in_hand = places(lanes, call);
    const std::size_t most = 1 + random_.below(failing);
    std::size_t consumed = 0;
    while (consumed < most && log.records[in_hand[consumed]].behaviour != Behaviour::kMarked) {
        take_effect(log, log.records[in_hand[consumed]], false);
        ++consumed;
    }
    if (consumed > 0) {
        coverage_.count(LaneTransition::kConsumedInPart);
    }
    return consumed;
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
    let_go(lanes);
}

void LaneWorld::let_go(Lanes& lanes) {
    for (const LaneCore::Slot slot : lanes.core.released()) {
        lanes.places.erase(slot);
    }
}

}  // namespace carafe::simulation
