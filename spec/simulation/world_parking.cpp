// order: park. What the delivery does with records that are set aside, and what may go wrong.
#include <algorithm>

#include "simulation/world.h"

namespace carafe::simulation {

using processing::Failure;
using processing::FailureKind;
using processing::ParkingLot;

std::vector<ParkingLot::Parked> World::take_up_parked(Assignment& assignment) {
    const Partition& partition = partitions_[assignment.partition];
    std::vector<ParkingLot::Parked> all;
    if (partition.parked.empty()) {
        return all;
    }
    coverage_.count(Transition::kParkedTakenUp);
    assignment.parked_failed_at.clear();
    const auto history = attempts_.load(partition.id, partition.parked.begin()->first);
    for (const auto& [offset, attempts] : partition.parked) {
        const auto key = static_cast<processing::KeyTag>(parked_record(assignment, offset).key);
        all.push_back(processing::take_up({offset, key}, attempts, history, setting_.policy.retry));
    }
    return all;
}

Record& World::parked_record(Assignment& assignment, std::int64_t offset) {
    auto& log = partitions_[assignment.partition].log;
    return *std::find_if(log.begin(), log.end(), [offset](const Record& one) {
        return one.offset == offset;
    });
}

std::vector<std::size_t> World::handed_out(
    const Assignment& assignment, std::size_t begin, std::size_t end
) const {
    const auto followers = assignment.core.followers(begin, end);
    std::vector<std::size_t> indexes;
    for (std::size_t index = begin; index < end; ++index) {
        if (std::find(followers.begin(), followers.end(), index) == followers.end()) {
            indexes.push_back(index);
        }
    }
    return indexes;
}

Change World::change_of(Assignment& assignment, std::size_t begin, std::size_t end) {
    Change change;
    const auto followers = assignment.core.followers(begin, end);
    for (std::size_t index = begin; index < end; ++index) {
        Record& one = record(assignment, index);
        if (setting_.exactly_once && one.offset < assignment.delivered_to) {
            continue;
        }
        if (std::find(followers.begin(), followers.end(), index) == followers.end()) {
            change.done.push_back(&one);
        } else {
            change.parks.emplace(one.offset, 0);
        }
    }
    return change;
}

void World::carry_out(Assignment& assignment, const PartitionCore::Park& command) {
    const std::int64_t next_offset = record(assignment, command.end - 1).offset + 1;
    if (database_away_ || maybe(8)) {
        fail(assignment, FailureKind::kSystemic, Transition::kParkFailed);
        return;
    }
    const Settled settled = settle_doubt(assignment, next_offset, Transition::kParkFenced);
    if (settled == Settled::kTookEffect) {
        succeed(assignment, {});
    }
    if (settled != Settled::kNothing) {
        return;
    }
    Change change;
    for (std::size_t index = command.begin; index < command.end; ++index) {
        const std::int64_t offset = record(assignment, index).offset;
        if (offset >= assignment.delivered_to) {
            change.parks.emplace(offset, command.attempts);
        }
        if (offset == assignment.failed_alone) {
            assignment.parked_failed_at[offset] = *assignment.failed_alone_at;
        }
    }
    if (commit(assignment, next_offset, change)) {
        coverage_.count(command.attempts > 0 ? Transition::kParked : Transition::kFollowersParked);
        succeed(assignment, {});
        if (assignment.core.lot().full()) {
            coverage_.count(Transition::kLotFull);
        }
    }
}

World::Lot World::look_at_parked(Assignment& assignment, std::int64_t offset) {
    if (database_away_ || maybe(12)) {
        fail(assignment, FailureKind::kSystemic, Transition::kParkedOutage);
        return Lot::kNotNow;
    }
    const std::int64_t beyond = assignment.delivered_to + 1'000'000;
    if (settle_doubt(assignment, beyond, Transition::kParkedFenced) == Settled::kFailed) {
        return Lot::kNotNow;
    }
    if (!partitions_[assignment.partition].parked.contains(offset)) {
        coverage_.count(Transition::kParkedWasDone);  // by a commit whose answer was lost
        assignment.core.succeeded({}, now_);
        return Lot::kWasDone;
    }
    return Lot::kReady;
}

void World::carry_out(Assignment& assignment, const PartitionCore::RetryParked& command) {
    Partition& partition = partitions_[assignment.partition];
    Record& one = parked_record(assignment, command.offset);
    const auto failed_at = assignment.parked_failed_at.find(command.offset);
    if (failed_at != assignment.parked_failed_at.end() &&
        now_ < failed_at->second + setting_.policy.retry.backoff_min) {
        throw Violation("a parked record is tried again without waiting");
    }
    if (one.behaviour == Behaviour::kKiller && partition.parked.contains(command.offset) &&
        owns(assignment)) {
        coverage_.count(Transition::kParkedDied);
        assignment.under_way = command;
        crash(assignment.worker, assignment.partition);
        return;  // the assignment is no more
    }
    if (look_at_parked(assignment, command.offset) != Lot::kReady) {
        return;
    }
    if (one.fails()) {
        count_failure(partition, one);
        one.flaky_calls = std::max(0, one.flaky_calls - 1);
        coverage_.count(Transition::kParkedFailedAgain);
        assignment.parked_failed_at[command.offset] = now_;
        Failure failure;
        failure.kind = one.behaviour == Behaviour::kUndecodable ? FailureKind::kUndecodable
                                                                : FailureKind::kPermanent;
        assignment.core.failed(failure, {}, now_);
        return;
    }
    if (commit(assignment, assignment.delivered_to, {{&one}, false, {}, command.offset})) {
        coverage_.count(Transition::kParkedDone);
        assignment.core.succeeded({}, now_);
    }
}

void World::carry_out(Assignment& assignment, const PartitionCore::WriteParked& command) {
    if (database_away_ || maybe(8)) {
        fail(assignment, FailureKind::kSystemic, Transition::kParkedOutage);
        return;
    }
    attempts_.write_attempt(
        partitions_[assignment.partition].id, command.offset, command.attempt, command.failure
    );
    coverage_.count(Transition::kParkedAttemptWritten);
    assignment.core.attempt_written();
}

void World::carry_out(Assignment& assignment, const PartitionCore::GiveUpParked& command) {
    if (look_at_parked(assignment, command.offset) != Lot::kReady) {
        return;
    }
    Record& one = parked_record(assignment, command.offset);
    if (commit(assignment, assignment.delivered_to, {{&one}, true, {}, command.offset})) {
        coverage_.count(Transition::kParkedGivenUp);
        assignment.core.succeeded({}, now_);
    }
}

}  // namespace carafe::simulation
