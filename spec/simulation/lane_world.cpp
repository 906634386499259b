// The life of a history with lanes. What a command does is lane_commands.cpp; what must hold is
// lane_oracle.cpp.
#include "simulation/lane_world.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace carafe::simulation {

using std::chrono::milliseconds;

namespace {

constexpr int kKeys = 4;
constexpr std::size_t kPeacefulRounds = 40'000;
constexpr std::size_t kPlenty = 1'000;

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
    const bool delays = random_.one_in(3);
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
            if (delays && random_.one_in(3)) {
                record.ready_at = Time{milliseconds(random_.below(3'000))};
            }
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
            assigned_[partition]->core.has_room(kPlenty);
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
        lanes.core.has_room(random_.one_in(2) ? random_.below(4) : kPlenty);
        coverage_.count(LaneTransition::kNoRoom);
    } else if (kind < 13) {
        commit(lanes);
    } else if (kind == 13) {
        coverage_.count(LaneTransition::kPaused);
        lanes.paused_until = now_ + milliseconds(random_.below(400));
        lanes.core.pause(lanes.paused_until);
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
        if (now_ < lanes.paused_until && !std::holds_alternative<LaneCore::Load>(command)) {
            throw Violation("something is begun while the partition is paused");
        }
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
