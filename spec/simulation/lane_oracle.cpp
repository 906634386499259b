// What must hold in a history with lanes.
#include <algorithm>

#include "simulation/lane_world.h"

namespace carafe::simulation {

namespace {

std::string name_of(const processing::PartitionId& id, const Record& record) {
    return "record " + std::to_string(id.partition) + "@" + std::to_string(record.offset);
}

bool same_key(const Record& one, const Record& other) {
    return one.key >= 0 && one.key == other.key;
}

}  // namespace

// Nothing is committed before it is done, neither by the position nor by its map.
void LaneWorld::check_committed(const Log& log, const Position& position) const {
    if (position.metadata.size() > processing::kUnfinishedTextMax) {
        throw Violation("a commit that Kafka would refuse");
    }
    processing::DoneOffsets done(position.metadata, position.offset);
    for (const Record& record : log.records) {
        const bool is_said_done = record.offset < position.offset || done.contains(record.offset);
        if (is_said_done && !record.done()) {
            throw Violation(name_of(log.id, record) + " is committed and not done");
        }
    }
}

// In its key's order, after its backoff, and nothing that a commit said was done.
void LaneWorld::check_start_of_call(const Lanes& lanes, const LaneCore::Deliver& command) const {
    const Log& log = logs_[lanes.partition];
    const auto in_hand = places(lanes, command.call);
    if (in_hand.empty() || !std::is_sorted(in_hand.begin(), in_hand.end())) {
        throw Violation("a call of nothing, or not in offset order");
    }
    for (const std::size_t place : in_hand) {
        const Record& record = log.records[place];
        if (lanes.promised.contains(record.offset)) {
            throw Violation(
                name_of(log.id, record) +
                " is repeated although it was done when that was committed"
            );
        }
        const auto failed = lanes.failed_alone_at.find(record.offset);
        if (failed != lanes.failed_alone_at.end() && in_hand.size() == 1 &&
            now_ < failed->second + policy_.retry.backoff_min) {
            throw Violation(name_of(log.id, record) + " is tried again without waiting");
        }
        for (const LaneCore::Command& other : lanes.under_way) {
            const auto* call = std::get_if<LaneCore::Deliver>(&other);
            if (call == nullptr) {
                continue;
            }
            for (const std::size_t running : places(lanes, call->call)) {
                if (running == place || same_key(log.records[running], record)) {
                    throw Violation(name_of(log.id, record) + " runs beside another of its key");
                }
            }
        }
    }
}

void LaneWorld::take_effect(Log& log, Record& record, bool dead_letter) const {
    if (dead_letter) {
        const bool used_up = record.counted_failures + log.handovers - 1 >= policy_.retry.attempts;
        const bool hopeless = record.behaviour == Behaviour::kUndecodable;
        const bool kills = record.counted_deaths >= policy_.retry.deaths;
        const bool never_failed = record.counted_failures == 0 && record.counted_deaths == 0;
        if (!kills && ((!used_up && !hopeless) || never_failed)) {
            throw Violation(
                name_of(log.id, record) + " is dead-lettered after " +
                std::to_string(record.counted_failures) + " failures and " +
                std::to_string(record.counted_deaths) + " deaths"
            );
        }
    }
    if (!record.done()) {
        for (const Record& earlier : log.records) {
            if (earlier.offset < record.offset && same_key(earlier, record) && !earlier.done() &&
                earlier.behaviour != Behaviour::kMarked) {
                throw Violation(
                    name_of(log.id, record) + " is done before " + name_of(log.id, earlier) +
                    " of the same key"
                );
            }
        }
    }
    ++(dead_letter ? record.dead_letters : record.effects);
}

// A call of many counts the first time, a call of one always; at most `attempts`, and one more for
// each assignment, because a first attempt leaves no trace.
void LaneWorld::count_failures(
    Lanes& lanes, const LaneCore::Deliver& command, std::size_t consumed
) {
    Log& log = logs_[lanes.partition];
    const auto all = places(lanes, command.call);
    const bool is_alone = all.size() == 1;
    const auto rest = std::span(all).subspan(consumed);
    for (const std::size_t place : rest) {
        Record& one = log.records[place];
        if (is_alone || command.attempt == 1) {
            ++one.counted_failures;
        }
        const int own =
            one.behaviour == Behaviour::kUndecodable ? 2 : std::max(2, policy_.retry.attempts);
        if (one.fails() && !one.done() && one.counted_failures > own + log.handovers - 1) {
            throw Violation(
                name_of(log.id, one) + " was tried " + std::to_string(one.counted_failures) +
                " times, " + std::to_string(policy_.retry.attempts) + " allowed"
            );
        }
        if (rest.size() == 1) {
            lanes.failed_alone_at[one.offset] = now_;
        }
    }
}

bool LaneWorld::all_done() const {
    return std::all_of(logs_.begin(), logs_.end(), [](const Log& log) {
        return std::all_of(log.records.begin(), log.records.end(), [](const Record& record) {
            return record.done();
        });
    });
}

void LaneWorld::check_end() const {
    for (const Log& log : logs_) {
        for (const Record& record : log.records) {
            if (!record.done()) {
                throw Violation(name_of(log.id, record) + " is never done");
            }
            const bool must_fail = record.behaviour == Behaviour::kPoison ||
                                   record.behaviour == Behaviour::kUndecodable ||
                                   record.behaviour == Behaviour::kMarked ||
                                   record.behaviour == Behaviour::kKiller;
            if (must_fail && record.dead_letters == 0) {
                throw Violation(name_of(log.id, record) + " cannot have been processed");
            }
        }
    }
}

const char* name_of(LaneTransition transition) {
    constexpr std::array<const char*, static_cast<std::size_t>(LaneTransition::kCount)> kNames{
        "load: loaded",
        "load: failed",
        "drain: nothing",
        "drain: some",
        "drain: records with a past",
        "drain: what the map says is done",
        "drain: the next ones later",
        "deliver: done",
        "deliver: done but for some",
        "deliver: failed",
        "deliver: failed, culprit named",
        "deliver: undecodable",
        "deliver: contention",
        "deliver: outage",
        "deliver: the process died",
        "write attempt: written",
        "write attempt: failed",
        "give up: dead-lettered",
        "give up: failed",
        "wait",
        "idle",
        "finished",
        "released with a command under way",
        "held or let go",
        "without room or with",
        "several commands under way",
        "paused by a handler",
        "deliver: failed, some consumed",
    };
    return kNames[static_cast<std::size_t>(transition)];
}

}  // namespace carafe::simulation
