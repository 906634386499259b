// What a handler asks for while it is called: pause, seek, mark_as_consumed; and what must come of
// it.
#include <algorithm>
#include <string>
#include <utility>

#include "simulation/world.h"

namespace carafe::simulation {

using std::chrono::milliseconds;

void World::toggle_pause() {
    if (assignments_.empty()) {
        return;
    }
    Assignment& assignment = *assignments_[random_.below(assignments_.size())];
    if (random_.one_in(3)) {
        coverage_.count(Transition::kResumed);
        assignment.paused_until = Time{};
        assignment.core.resume();
    } else {
        coverage_.count(Transition::kPaused);
        assignment.paused_until = now_ + milliseconds(random_.below(1'000));
        assignment.core.pause(assignment.paused_until);
    }
}

void World::check_pause(const Assignment& assignment, const PartitionCore::Command& command) const {
    const bool hands_out = std::holds_alternative<PartitionCore::Deliver>(command) ||
                           std::holds_alternative<PartitionCore::RetryParked>(command) ||
                           std::holds_alternative<PartitionCore::Drain>(command);
    if (hands_out && now_ < assignment.paused_until) {
        throw Violation("something is handed out while the partition is paused");
    }
}

// A seek is kept, and what was consumed does not come again; by the first record of a call, or one
// that is given up for its past.
void World::check_steering(Assignment& assignment, std::size_t index) {
    const std::int64_t offset = record(assignment, index).offset;
    if (offset < assignment.consumed_below) {
        throw Violation("a record that was marked as consumed is handed out again");
    }
    if (!assignment.sought) {
        return;
    }
    const std::int64_t wanted = *std::exchange(assignment.sought, std::nullopt);
    const auto& log = partitions_[assignment.partition].log;
    const auto first = std::find_if(log.begin(), log.end(), [&](const Record& one) {
        return one.offset >= wanted;
    });
    if (first == log.end() || first->offset != offset) {
        throw Violation(
            "goes on at " + std::to_string(offset) + " after a seek to " + std::to_string(wanted)
        );
    }
}

// Of a call that is about to fail at `failing`, marks some of the records before it; how many.
std::size_t World::consume_some(
    Assignment& assignment, const PartitionCore::Deliver& command, std::size_t failing
) {
    if (setting_.exactly_once || failing == command.begin || !random_.one_in(2)) {
        return 0;
    }
    std::size_t end = command.begin + 1 + random_.below(failing - command.begin);
    for (std::size_t index = command.begin; index < end; ++index) {
        if (record(assignment, index).behaviour == Behaviour::kMarked) {
            end = index;  // what Batch::fail has named is not consumed
        }
    }
    if (end > command.begin) {
        coverage_.count(Transition::kConsumedInPart);
        consume(assignment, command.begin, end);
    }
    return end - command.begin;
}

// The handler marks all it has, and fails nevertheless.
bool World::consumes_all(Assignment& assignment, const PartitionCore::Deliver& command) {
    for (std::size_t index = command.begin; index < command.end; ++index) {
        if (record(assignment, index).fails()) {
            return false;
        }
    }
    if (setting_.exactly_once || !maybe(20)) {
        return false;
    }
    coverage_.count(Transition::kConsumedAll);
    consume(assignment, command.begin, command.end);
    return true;
}

void World::consume(Assignment& assignment, std::size_t begin, std::size_t end) {
    Change change;
    for (std::size_t index = begin; index < end; ++index) {
        change.done.push_back(&record(assignment, index));
    }
    apply(partitions_[assignment.partition], change);
    assignment.consumed_below = record(assignment, end - 1).offset + 1;
    static_cast<void>(assignment.core.consumed(end));
    note_progress(assignment);
}

// Where a handler that has succeeded wants to go on; anywhere among what there is. Whoever has lost
// the partition without knowing it moves nothing.
std::optional<std::int64_t> World::draw_seek(
    const Assignment& assignment, std::int64_t next_offset
) {
    const Partition& partition = partitions_[assignment.partition];
    if (!maybe(25) || !owns(assignment) || setting_.policy.retry.parks) {
        return std::nullopt;
    }
    const std::int64_t target = partition.log[random_.below(partition.published)].offset;
    const bool is_near = target <= next_offset + 6;  // what is skipped shows nothing
    return is_near ? std::optional(target) : std::nullopt;
}

// What lies behind begins anew in exactly_once, where effects are counted; what is ahead is
// skipped.
void World::move_to(Partition& partition, std::int64_t next_offset, std::int64_t target) {
    for (Record& one : partition.log) {
        if (one.offset >= next_offset && one.offset < target) {
            one.skipped = true;
        } else if (setting_.exactly_once && one.offset >= target && one.offset < next_offset) {
            one.effects = 0;
            one.dead_letters = 0;
            one.counted_failures = 0;
            one.counted_deaths = 0;
            one.skipped = false;
        }
    }
    partition.last_effect = std::min(partition.last_effect, target - 1);
    attempts_.forget(partition.id, next_offset);
}

void World::go_on_at(Assignment& assignment, std::int64_t offset) {
    coverage_.count(
        offset < assignment.position ? Transition::kSoughtBack : Transition::kSoughtAhead
    );
    assignment.core.succeeded({}, now_);
    assignment.core.sought();
    assignment.chunk.clear();
    assignment.more_at.reset();
    assignment.position = offset;
    assignment.start_offset = offset;
    assignment.to_store = offset;
    assignment.sought = offset;
    assignment.consumed_below = 0;
}

}  // namespace carafe::simulation
