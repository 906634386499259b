// What a call of the handler does here: it works, dies, fails by the behaviour of its records, or
// meets a database that is away.
#include <algorithm>
#include <vector>

#include "simulation/world.h"

namespace carafe::simulation {

using processing::Culprit;
using processing::Failure;
using processing::FailureKind;

void World::carry_out(Assignment& assignment, const PartitionCore::Deliver& command) {
    if (kills(assignment, command)) {
        coverage_.count(Transition::kDeliverDied);
        say(assignment, "the process dies");
        crash(assignment.worker, assignment.partition);
        return;  // the assignment is no more
    }
    assignment.under_way.reset();
    const std::int64_t next_offset = record(assignment, command.end - 1).offset + 1;
    if (setting_.exactly_once) {
        if (database_away_ || maybe(20)) {
            fail(assignment, FailureKind::kSystemic, Transition::kDeliverSystemic);
            return;
        }
        const Settled settled = settle_doubt(assignment, next_offset, Transition::kDeliverFenced);
        if (settled == Settled::kTookEffect) {
            succeed(assignment, {});
        }
        if (settled != Settled::kNothing) {
            return;
        }
        if (maybe(12)) {
            fail(assignment, FailureKind::kContention, Transition::kDeliverContention);
            return;
        }
    } else if (maybe(20)) {
        fail(assignment, FailureKind::kSystemic, Transition::kDeliverSystemic);
        return;
    }
    if (consumes_all(assignment, command) || handler_fails(assignment, command)) {
        return;
    }
    Change change = change_of(assignment, command.begin, command.end);
    change.seeks = draw_seek(assignment, next_offset);
    if (!commit(assignment, next_offset, change)) {
        return;
    }
    if (change.seeks) {
        assignment.position = next_offset;
        go_on_at(assignment, *change.seeks);
    } else {
        coverage_.count(
            change.parks.empty() ? Transition::kDelivered : Transition::kDeliveredBesideFollowers
        );
        succeed(assignment, {});
    }
}

bool World::kills(Assignment& assignment, const PartitionCore::Deliver& command) {
    for (const std::size_t index : handed_out(assignment, command.begin, command.end)) {
        const Record& one = record(assignment, index);
        if (one.behaviour == Behaviour::kKiller) {
            return true;
        }
        if (one.fails() && one.behaviour != Behaviour::kMarked &&
            one.offset >= assignment.delivered_to) {
            return false;  // the handler does not get further
        }
    }
    return false;
}

// Calls the handler. True when that was all there is to it.
bool World::handler_fails(Assignment& assignment, const PartitionCore::Deliver& command) {
    std::vector<Culprit> marked;
    for (const std::size_t index : handed_out(assignment, command.begin, command.end)) {
        Record& one = record(assignment, index);
        if (one.offset < assignment.delivered_to || !one.fails()) {
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
        const std::size_t consumed = consume_some(assignment, command, index);
        count_failures(assignment, command, consumed);
        one.flaky_calls = std::max(0, one.flaky_calls - 1);
        coverage_.count(
            failure.kind == FailureKind::kUndecodable ? Transition::kDeliverUndecodable
            : named.empty()                           ? Transition::kDeliverPermanent
                                                      : Transition::kDeliverNamed
        );
        assignment.core.failed(failure, named, now_);
        return true;
    }
    if (marked.empty()) {
        return false;
    }
    coverage_.count(Transition::kDeliveredInPart);
    if (setting_.exactly_once) {
        count_failures(assignment, command);
        assignment.core.failed({}, marked, now_);
        return true;
    }
    for (std::size_t index = command.begin; index < command.end; ++index) {
        Record& one = record(assignment, index);
        if (one.behaviour == Behaviour::kMarked) {
            const bool counts = command.end == command.begin + 1 || command.attempt == 1;
            one.counted_failures += counts ? 1 : 0;
        } else {
            apply(partitions_[assignment.partition], {{&one}, false, {}, {}});
        }
    }
    succeed(assignment, marked);
    return true;
}

}  // namespace carafe::simulation
