// What must hold, whatever happens.
#include <algorithm>
#include <string>

#include "simulation/world.h"

namespace carafe::simulation {

namespace {

std::string name_of(const Partition& partition, const Record& record) {
    return "record " + std::to_string(partition.id.partition) + "@" + std::to_string(record.offset);
}

}  // namespace

// Nothing is committed before it is done.
void World::check_position(const Partition& partition, std::int64_t position) const {
    for (const Record& record : partition.log) {
        const bool is_parked = partition.parked.contains(record.offset);
        if (record.offset < position && !record.done() && !is_parked) {
            throw Violation(
                name_of(partition, record) + " is below position " + std::to_string(position) +
                " and not done"
            );
        }
    }
}

// A record that failed alone waits for its next attempt, where it holds nobody up if it is to park.
void World::check_delivery(Assignment& assignment, const PartitionCore::Deliver& command) {
    if (command.begin >= command.end || command.end > assignment.chunk.size()) {
        throw Violation("delivers records that are not in hand");
    }
    for (std::size_t index = command.begin; index < command.end; ++index) {
        if (now_ < record(assignment, index).ready_at) {
            throw Violation("a record is handed out before its time");
        }
    }
    const auto handed = handed_out(assignment, command.begin, command.end);
    if (handed.empty()) {
        throw Violation("a call with nothing in it");
    }
    check_steering(assignment, command.begin);
    if (setting_.policy.retry.parks && handed.size() == 1 &&
        record(assignment, handed.front()).offset == assignment.failed_alone) {
        throw Violation("a record that failed holds its partition up");
    }
    if (assignment.failed_alone_at && command.end == command.begin + 1 &&
        record(assignment, command.begin).offset == assignment.failed_alone &&
        now_ < *assignment.failed_alone_at + setting_.policy.retry.backoff_min) {
        throw Violation("tried again without waiting");
    }
}

// Counts what the handler's failure means for the records of the call, by the promise: a call of
// many counts the first time, a call of one always; at most `attempts`, and one more for each
// claim, because a first attempt leaves no trace.
void World::count_failures(
    Assignment& assignment, const PartitionCore::Deliver& command, std::size_t consumed
) {
    const Partition& partition = partitions_[assignment.partition];
    const bool alone = handed_out(assignment, command.begin, command.end).size() == 1;
    const auto rest = handed_out(assignment, command.begin + consumed, command.end);
    if (rest.size() == 1) {
        assignment.failed_alone = record(assignment, rest.front()).offset;
        assignment.failed_alone_at = now_;
    }
    if (!alone && command.attempt > 1) {
        return;
    }
    for (const std::size_t index : rest) {
        count_failure(partition, record(assignment, index));
    }
}

void World::count_failure(const Partition& partition, Record& one) {
    ++one.counted_failures;
    // One call of its own, and one in company, where another one may have failed before it. Who was
    // thought dead, and is not fenced by a database, tries as often again.
    const int own =
        one.behaviour == Behaviour::kUndecodable ? 2 : std::max(2, setting_.policy.retry.attempts);
    const int most = own * (1 + partition.zombies);
    // Once it is done, a replay (at_least_once) starts anew.
    // In company a record may pay for another one's failure once per claim.
    if (one.fails() && !one.done() && one.counted_failures > most + partition.handovers - 1) {
        throw Violation(
            name_of(partition, one) + " was tried " + std::to_string(one.counted_failures) +
            " times, " + std::to_string(setting_.policy.retry.attempts) + " allowed, after " +
            std::to_string(partition.handovers) + " claims"
        );
    }
}

void World::check_effect(Partition& partition, Record& record, bool dead_letter) {
    if (dead_letter) {
        const bool used_up =
            record.counted_failures + partition.handovers - 1 >= setting_.policy.retry.attempts;
        const bool hopeless = record.behaviour == Behaviour::kUndecodable;
        const bool kills = record.counted_deaths >= setting_.policy.retry.deaths;
        const bool never_failed = record.counted_failures == 0 && record.counted_deaths == 0;
        if (!kills && ((!used_up && !hopeless) || never_failed)) {
            throw Violation(
                name_of(partition, record) + " is dead-lettered after " +
                std::to_string(record.counted_failures) + " failures and " +
                std::to_string(record.counted_deaths) + " deaths"
            );
        }
    }
    if (setting_.exactly_once) {
        if (record.done()) {
            throw Violation(name_of(partition, record) + " takes effect twice");
        }
        if (record.offset <= partition.last_effect && !setting_.policy.retry.parks) {
            throw Violation(name_of(partition, record) + " takes effect out of order");
        }
        partition.last_effect = record.offset;
    }
    if (!record.done() && (!setting_.exactly_once || setting_.policy.retry.parks)) {
        for (const Record& earlier : partition.log) {
            if (earlier.offset >= record.offset) {
                break;
            }
            const bool may_be_late =
                !setting_.exactly_once && earlier.behaviour == Behaviour::kMarked;
            if (earlier.key == record.key && !may_be_late && !earlier.done()) {
                throw Violation(
                    name_of(partition, record) + " is done before " + name_of(partition, earlier) +
                    " of the same key"
                );
            }
        }
    }
    ++(dead_letter ? record.dead_letters : record.effects);
}

bool World::all_done() const {
    return std::all_of(partitions_.begin(), partitions_.end(), [](const Partition& partition) {
        return std::all_of(partition.log.begin(), partition.log.end(), [](const Record& record) {
            return record.done();
        });
    });
}

void World::check_end() const {
    for (const Partition& partition : partitions_) {
        for (const Record& record : partition.log) {
            if (!record.done()) {
                throw Violation(name_of(partition, record) + " is never done");
            }
            const bool must_fail = record.behaviour == Behaviour::kPoison ||
                                   record.behaviour == Behaviour::kUndecodable ||
                                   record.behaviour == Behaviour::kMarked ||
                                   record.behaviour == Behaviour::kKiller;
            if (must_fail && record.dead_letters == 0 && !record.skipped) {
                throw Violation(name_of(partition, record) + " cannot have been processed");
            }
        }
    }
}

const char* name_of(Transition transition) {
    constexpr std::array<const char*, static_cast<std::size_t>(Transition::kCount)> kNames{
        "prove: proven",
        "prove: unavailable",
        "prove: not a member",
        "claim: where it fetches",
        "claim: elsewhere",
        "claim: failed",
        "restart: restarted",
        "drain: nothing",
        "drain: some",
        "drain: full",
        "drain: records with a past",
        "drain: the next ones later",
        "deliver: done",
        "deliver: done but for some",
        "deliver: failed",
        "deliver: failed, culprit named",
        "deliver: undecodable",
        "deliver: contention",
        "deliver: outage or in doubt",
        "deliver: fenced",
        "deliver: the process died",
        "write attempt: written",
        "write attempt: failed",
        "give up: dead-lettered",
        "give up: failed",
        "give up: fenced",
        "deliver: done, followers parked",
        "park: the culprit",
        "park: followers",
        "park: failed",
        "park: fenced",
        "parked: done",
        "parked: failed again",
        "parked: outage or in doubt",
        "parked: fenced",
        "parked: the process died",
        "parked: was done already",
        "parked: attempt written",
        "parked: dead-lettered",
        "claim: parked records",
        "parked: as many as may be",
        "discard: discarded",
        "wait",
        "idle",
        "finished",
        "released with a command under way",
        "held or let go",
        "paused by the handler",
        "resumed by the handler",
        "deliver: failed, some consumed",
        "deliver: failed, all consumed",
        "deliver: done, sought back",
        "deliver: done, sought ahead",
        "deliver: in doubt, sought",
    };
    return kNames[static_cast<std::size_t>(transition)];
}

}  // namespace carafe::simulation
