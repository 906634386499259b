// How a command of the core is carried out here, and what may go wrong with it: what
// PartitionRunner and the deliveries do, over a Kafka and a PostgreSQL of a few lines.
#include <algorithm>
#include <string>

#include "simulation/world.h"

namespace carafe::simulation {

using processing::Culprit;
using processing::Failure;
using processing::FailureKind;

void World::begin(Assignment& assignment) {
    const PartitionCore::Command command = assignment.core.next(now_);
    if (assignment.released && !std::holds_alternative<PartitionCore::Finished>(command)) {
        throw Violation("something is done after the partition was taken away");
    }
    if (assignment.membership_lost && !std::holds_alternative<PartitionCore::Idle>(command) &&
        !std::holds_alternative<PartitionCore::Finished>(command)) {
        throw Violation("something is done although the coordinator has said no");
    }
    if (std::holds_alternative<PartitionCore::Wait>(command)) {
        coverage_.count(Transition::kWaited);
    } else if (std::holds_alternative<PartitionCore::Idle>(command)) {
        coverage_.count(Transition::kIdle);
    } else if (std::holds_alternative<PartitionCore::Finished>(command)) {
        coverage_.count(Transition::kFinished);
        const std::size_t number = assignment.partition;
        const bool owned = owns(assignment);
        store_position(assignment);
        say(assignment, "finished");
        remove(assignment);
        if (owned) {
            const auto to = static_cast<int>(random_.below(setting_.workers));
            assign(number, find(to, number) == nullptr ? to : partitions_[number].owner);
        }
    } else {
        assignment.under_way = command;
        tell(assignment, command);
        check_pause(assignment, command);
        if (const auto* deliver = std::get_if<PartitionCore::Deliver>(&command)) {
            check_delivery(assignment, *deliver);
        } else if (const auto* given_up = std::get_if<PartitionCore::GiveUp>(&command)) {
            check_steering(assignment, given_up->index);
        }
    }
}

void World::tell(const Assignment& assignment, const PartitionCore::Command& command) const {
    if (!prints_) {
        return;
    }
    constexpr std::array<const char*, std::variant_size_v<PartitionCore::Command>> kNames{
        "prove",
        "claim",
        "restart",
        "drain",
        "deliver",
        "write attempt",
        "give up",
        "park",
        "retry parked",
        "write parked attempt",
        "give up parked",
        "discard",
        "wait",
        "idle",
        "finished"};
    std::string text = kNames[command.index()];
    const auto& log = partitions_[assignment.partition].log;
    if (const auto* deliver = std::get_if<PartitionCore::Deliver>(&command)) {
        for (std::size_t index = deliver->begin; index < deliver->end; ++index) {
            text += " " + std::to_string(log[assignment.chunk.at(index)].offset);
        }
        text += ", attempt " + std::to_string(deliver->attempt);
    } else if (const auto* given_up = std::get_if<PartitionCore::GiveUp>(&command)) {
        text += " " + std::to_string(log[assignment.chunk.at(given_up->index)].offset);
    }
    if (const auto* park = std::get_if<PartitionCore::Park>(&command)) {
        for (std::size_t index = park->begin; index < park->end; ++index) {
            text += " " + std::to_string(log[assignment.chunk.at(index)].offset);
        }
    } else if (const auto* retry = std::get_if<PartitionCore::RetryParked>(&command)) {
        text += " " + std::to_string(retry->offset) + ", attempt " + std::to_string(retry->attempt);
    } else if (const auto* given_up = std::get_if<PartitionCore::GiveUpParked>(&command)) {
        text += " " + std::to_string(given_up->offset);
    }
    say(assignment, text.c_str());
}

void World::complete(Assignment& assignment) {
    const PartitionCore::Command command = *assignment.under_way;
    // A process that dies needs to know what it had in hand; every other command ends here.
    if (!std::holds_alternative<PartitionCore::Deliver>(command)) {
        assignment.under_way.reset();
    }
    std::visit([&](const auto& known) { carry_out(assignment, known); }, command);
}

template <typename Other>
void World::carry_out(Assignment& /*assignment*/, const Other& /*command*/) {
    throw Violation("a command that cannot be carried out");
}

void World::carry_out(Assignment& assignment, const PartitionCore::Prove& /*command*/) {
    if (maybe(6)) {
        coverage_.count(Transition::kNotProven);
        assignment.core.not_proven(now_);
    } else if (!owns(assignment)) {
        coverage_.count(Transition::kMembershipLost);
        assignment.membership_lost = true;
        assignment.core.membership_lost();
    } else {
        coverage_.count(Transition::kProven);
        assignment.proven = true;
        assignment.core.proven();
    }
}

void World::carry_out(Assignment& assignment, const PartitionCore::Claim& /*command*/) {
    Partition& partition = partitions_[assignment.partition];
    if (setting_.exactly_once && !assignment.proven) {
        throw Violation("claimed without a proof of membership");
    }
    if (database_away_ || maybe(8)) {
        fail(assignment, FailureKind::kSystemic, Transition::kClaimFailed);
        return;
    }
    assignment.proven = false;
    std::int64_t position = assignment.start_offset;
    if (setting_.exactly_once) {
        if (!partition.row) {
            partition.row = Partition::Row{0, assignment.start_offset};
        }
        assignment.epoch = ++partition.row->epoch;
        position = partition.row->next_offset;
        assignment.delivered_to = position;
        assignment.doubt.reset();
    }
    ++partition.handovers;
    assignment.failed_alone = -1;
    assignment.history = attempts_.load(partition.id, position);
    const bool differs = position != assignment.start_offset || assignment.fetched > 0;
    assignment.position = position;
    coverage_.count(differs ? Transition::kClaimedElsewhere : Transition::kClaimed);
    assignment.core.claimed(differs, take_up_parked(assignment));
}

void World::carry_out(Assignment& assignment, const PartitionCore::Restart& /*command*/) {
    coverage_.count(Transition::kRestarted);
    const Partition& partition = partitions_[assignment.partition];
    assignment.chunk.clear();
    if (assignment.sought && assignment.position != *assignment.sought) {
        assignment.sought.reset();  // another owner has been here
    }
    assignment.start_offset = assignment.position;
    assignment.fetched = 0;
    while (assignment.fetched < partition.log.size() &&
           partition.log[assignment.fetched].offset < assignment.start_offset) {
        ++assignment.fetched;
    }
    assignment.core.restarted();
}

void World::carry_out(Assignment& assignment, const PartitionCore::Drain& command) {
    const Partition& partition = partitions_[assignment.partition];
    if (assignment.more_at && now_ < *assignment.more_at) {
        throw Violation("drains although there is nothing that may be handed out yet");
    }
    assignment.more_at.reset();
    std::size_t most = command.max - std::min(command.max, assignment.chunk.size());
    if (most > 0 && maybe(3)) {
        most = random_.below(most);
    }
    while (most > 0 && assignment.fetched < partition.published) {
        if (now_ < partition.log[assignment.fetched].ready_at) {
            assignment.more_at = partition.log[assignment.fetched].ready_at;
            break;
        }
        // Below the position all is done: a restart or a hint that was behind may bring it again.
        if (partition.log[assignment.fetched].offset >= assignment.position) {
            assignment.chunk.push_back(assignment.fetched);
            --most;
        }
        ++assignment.fetched;
    }
    const std::vector<std::int64_t> offsets = offsets_in_hand(assignment);
    const auto marks = assignment.history.marks(offsets);
    const std::size_t total = assignment.chunk.size();
    coverage_.count(
        assignment.more_at     ? Transition::kDrainedUntilLater
        : total == 0           ? Transition::kDrainedNothing
        : !marks.empty()       ? Transition::kDrainedKnown
        : total == command.max ? Transition::kDrainedFull
                               : Transition::kDrained
    );
    std::vector<processing::KeyedRecord> keys;
    for (std::size_t index = 0; setting_.policy.retry.parks && index < total; ++index) {
        const auto key = static_cast<processing::KeyTag>(record(assignment, index).key);
        keys.push_back({offsets[index], key});
    }
    assignment.core.drained(total, marks, now_, assignment.more_at, keys);
}

void World::carry_out(Assignment& assignment, const PartitionCore::WriteAttempt& command) {
    if (database_away_ || maybe(8)) {
        fail(assignment, FailureKind::kSystemic, Transition::kAttemptWriteFailed);
        return;
    }
    attempts_.write_attempt(
        partitions_[assignment.partition].id,
        record(assignment, command.index).offset,
        command.attempt,
        command.failure
    );
    if (maybe(8)) {  // written, but the answer was lost
        fail(assignment, FailureKind::kSystemic, Transition::kAttemptWriteFailed);
        return;
    }
    coverage_.count(Transition::kAttemptWritten);
    assignment.core.attempt_written();
}

void World::carry_out(Assignment& assignment, const PartitionCore::GiveUp& command) {
    const std::int64_t next_offset = record(assignment, command.index).offset + 1;
    if (database_away_ || maybe(5)) {
        fail(assignment, FailureKind::kSystemic, Transition::kDeadLetterFailed);
        return;
    }
    if (setting_.exactly_once) {
        const Settled settled =
            settle_doubt(assignment, next_offset, Transition::kDeadLetterFenced);
        if (settled == Settled::kTookEffect) {
            succeed(assignment, {});
        }
        if (settled != Settled::kNothing) {
            return;
        }
    }
    if (commit(assignment, next_offset, {{&record(assignment, command.index)}, true, {}, {}})) {
        coverage_.count(Transition::kDeadLettered);
        succeed(assignment, {});
    }
}

void World::carry_out(Assignment& assignment, const PartitionCore::Discard& /*command*/) {
    coverage_.count(Transition::kDiscarded);
    assignment.chunk.clear();
    assignment.more_at.reset();
    assignment.core.discarded();
}

// A commit whose answer was lost is looked up before anything else. Also finds out that the
// partition has another owner.
World::Settled World::settle_doubt(
    Assignment& assignment, std::int64_t next_offset, Transition fenced
) {
    const Partition::Row& row = *partitions_[assignment.partition].row;
    const bool mine = row.epoch == assignment.epoch;
    if (mine && assignment.doubt &&
        (row.next_offset == *assignment.doubt || row.next_offset == assignment.delivered_to)) {
        assignment.delivered_to = row.next_offset;
        assignment.doubt.reset();
    }
    if (!mine || row.next_offset != assignment.delivered_to) {
        fail(assignment, FailureKind::kFenced, fenced);
        return Settled::kFailed;
    }
    return next_offset <= assignment.delivered_to ? Settled::kTookEffect : Settled::kNothing;
}

// False when the answer was lost, whatever has become of the commit.
bool World::commit(Assignment& assignment, std::int64_t next_offset, const Change& change) {
    Partition& partition = partitions_[assignment.partition];
    const std::int64_t position = change.seeks.value_or(next_offset);
    const bool is_lost = setting_.exactly_once && maybe(10);
    const bool takes_effect = !is_lost || random_.one_in(2);
    if (takes_effect) {
        apply(partition, change);
        if (change.seeks) {
            move_to(partition, next_offset, *change.seeks);
        }
    }
    if (!setting_.exactly_once) {
        return true;
    }
    if (takes_effect) {
        partition.row->next_offset = position;
        check_position(partition, position);
    }
    if (is_lost && change.seeks) {
        fail(assignment, FailureKind::kFenced, Transition::kSeekInDoubt);
        return false;
    }
    if (is_lost) {
        assignment.doubt = next_offset;
        fail(assignment, FailureKind::kSystemic, Transition::kDeliverSystemic);
        return false;
    }
    assignment.delivered_to = position;
    return true;
}

void World::apply(Partition& partition, const Change& change) {
    for (Record* one : change.done) {
        check_effect(partition, *one, change.dead_letter);
    }
    partition.parked.insert(change.parks.begin(), change.parks.end());
    if (change.unparks) {
        partition.parked.erase(*change.unparks);
    }
}

void World::fail(Assignment& assignment, FailureKind kind, Transition transition) {
    coverage_.count(transition);
    Failure failure;
    failure.kind = kind;
    assignment.core.failed(failure, {}, now_);
}

void World::succeed(Assignment& assignment, std::span<const Culprit> failed) {
    assignment.core.succeeded(failed, now_);
    note_progress(assignment);
    if (random_.one_in(2)) {
        store_position(assignment);  // the background commit
    }
}

void World::note_progress(Assignment& assignment) {
    const Partition& partition = partitions_[assignment.partition];
    const std::size_t done = assignment.core.done_prefix();
    if (done > 0) {
        assignment.to_store = record(assignment, done - 1).offset + 1;
    }
    if (assignment.core.chunk_done()) {
        assignment.position = partition.log[assignment.chunk.back()].offset + 1;
        assignment.chunk.clear();
        assignment.history.forget_below(assignment.position);
        const auto& lot = assignment.core.lot();
        attempts_.forget(
            partition.id,
            lot.empty() ? assignment.position : std::min(assignment.position, lot.front())
        );
    }
}

// Kafka takes the commit of a member only.
void World::store_position(Assignment& assignment) {
    Partition& partition = partitions_[assignment.partition];
    if (!assignment.to_store || !owns(assignment)) {
        return;
    }
    // In exactly_once a hint, which a seek whose outcome is not known yet may have left behind.
    const std::int64_t known = partition.row ? partition.row->next_offset : *assignment.to_store;
    check_position(partition, std::min(known, *assignment.to_store));
    partition.committed = *assignment.to_store;
    assignment.to_store.reset();
}

std::vector<std::int64_t> World::offsets_in_hand(const Assignment& assignment) const {
    std::vector<std::int64_t> offsets;
    offsets.reserve(assignment.chunk.size());
    for (const std::size_t place : assignment.chunk) {
        offsets.push_back(partitions_[assignment.partition].log[place].offset);
    }
    return offsets;
}

}  // namespace carafe::simulation
