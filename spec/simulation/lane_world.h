#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "processing/lane_core.h"
#include "processing/unfinished_map.h"
#include "simulation/model.h"
#include "simulation/random.h"

namespace carafe::simulation {

using processing::LaneCore;

constexpr int kNoKey = -1;

// Which transitions of LaneCore a run has seen: a command, and the event that answered it.
enum class LaneTransition : std::uint8_t {
    kLoaded,
    kLoadFailed,
    kArrivedNothing,
    kArrived,
    kArrivedKnown,
    kSkippedDone,
    kArrivedUntilLater,
    kDelivered,
    kDeliveredInPart,
    kDeliverPermanent,
    kDeliverNamed,
    kDeliverUndecodable,
    kDeliverContention,
    kDeliverSystemic,
    kDeliverDied,
    kAttemptWritten,
    kAttemptWriteFailed,
    kDeadLettered,
    kDeadLetterFailed,
    kWaited,
    kIdle,
    kFinished,
    kReleasedUnderWay,
    kHeld,
    kNoRoom,
    kSeveralCalls,
    kPaused,
    kConsumedInPart,
    kCount
};
const char* name_of(LaneTransition transition);

struct LaneCoverage {
    std::array<std::uint64_t, static_cast<std::size_t>(LaneTransition::kCount)> seen{};
    void count(LaneTransition transition) { ++seen[static_cast<std::size_t>(transition)]; }
};

// One history of partitions whose keys are worked on at the same time: what LaneRunner does, over a
// Kafka that keeps positions with their metadata, with crashes, rebalances and failing records, all
// drawn from one seed. Throws Violation as soon as a promise is broken.
class LaneWorld {
public:
    LaneWorld(std::uint64_t seed, LaneCoverage& coverage, bool prints);
    std::size_t run(std::size_t troubled_events);

private:
    using Position = processing::NotedPosition;
    struct Log {
        processing::PartitionId id;
        std::vector<Record> records;
        std::size_t published = 0;
        Position committed;
        std::set<std::int64_t> promised;  // done when that was committed
        int handovers = 0;
    };
    // A worker's side of one partition.
    struct Lanes {
        Lanes(std::size_t place, const LaneCore::Policy& policy, const Position& from)
            : partition(place), core(policy, from.offset), done(from.metadata, from.offset) {}
        std::size_t partition;
        LaneCore core;
        processing::DoneOffsets done;
        std::set<std::int64_t> promised;  // must not come again
        processing::History history;
        std::size_t fetched = 0;      // place of the next record the client delivers
        std::optional<Time> more_at;  // what the core was told at the last drain
        std::vector<LaneCore::Command> under_way;
        std::map<LaneCore::Slot, std::size_t> places;  // in the log
        std::map<std::int64_t, Time> failed_alone_at;
        Time paused_until{};
    };

    void event();
    void step(Lanes& lanes);
    void begin(Lanes& lanes);
    void complete(Lanes& lanes, std::size_t index);
    void carry_out(Lanes& lanes, const LaneCore::Load& command);
    void carry_out(Lanes& lanes, const LaneCore::Drain& command);
    void carry_out(Lanes& lanes, const LaneCore::Deliver& command);
    void carry_out(Lanes& lanes, const LaneCore::WriteAttempt& command);
    void carry_out(Lanes& lanes, const LaneCore::GiveUp& command);
    template <typename Other>
    void carry_out(Lanes& /*lanes*/, const Other& /*command*/) {
        throw Violation("a command that is none");
    }

    bool handler_fails(Lanes& lanes, const LaneCore::Deliver& command);
    std::size_t consume_some(Lanes& lanes, LaneCore::Call call, std::size_t failing);
    void let_go(Lanes& lanes);
    void fail(Lanes& lanes, LaneCore::Call call, processing::FailureKind kind);
    void succeed(Lanes& lanes, LaneCore::Call call, std::span<const processing::Culprit> failed);
    void assign(std::size_t partition);
    void commit(Lanes& lanes);
    [[nodiscard]] Position position_of(Lanes& lanes) const;
    [[nodiscard]] std::set<std::int64_t> finished(const Lanes& lanes) const;
    void rebalance();
    void crash(Lanes* guilty, const LaneCore::Deliver* killer);
    void end(Lanes& lanes);

    // The oracle.
    void check_committed(const Log& log, const Position& position) const;
    void check_start_of_call(const Lanes& lanes, const LaneCore::Deliver& command) const;
    void take_effect(Log& log, Record& record, bool dead_letter) const;
    void count_failures(Lanes& lanes, const LaneCore::Deliver& command, std::size_t consumed = 0);
    void check_end() const;
    [[nodiscard]] bool all_done() const;

    [[nodiscard]] std::vector<std::size_t> places(const Lanes& lanes, LaneCore::Call call) const;
    [[nodiscard]] bool maybe(std::size_t one_in) { return troubled_ && random_.one_in(one_in); }
    void say(const Lanes& lanes, const std::string& what) const;

    Random random_;
    LaneCoverage& coverage_;
    const bool prints_;
    LaneCore::Policy policy_;
    bool crashes_ = false;
    bool rebalances_ = false;
    bool troubled_ = true;
    Time now_{};
    std::vector<Log> logs_;
    std::vector<std::unique_ptr<Lanes>> assigned_;  // one for each partition
    processing::MemoryAttemptStore attempts_;
};

}  // namespace carafe::simulation
