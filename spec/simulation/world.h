#pragma once

#include <bitset>
#include <memory>
#include <vector>

#include "simulation/model.h"
#include "simulation/random.h"

namespace carafe::simulation {

// Which transitions of the core a run has seen: a command, and the event that answered it.
enum class Transition : std::uint8_t {
    kProven,
    kNotProven,
    kMembershipLost,
    kClaimed,
    kClaimedElsewhere,
    kClaimFailed,
    kRestarted,
    kDrainedNothing,
    kDrained,
    kDrainedFull,
    kDrainedKnown,
    kDrainedUntilLater,
    kDelivered,
    kDeliveredInPart,
    kDeliverPermanent,
    kDeliverNamed,
    kDeliverUndecodable,
    kDeliverContention,
    kDeliverSystemic,
    kDeliverFenced,
    kDeliverDied,
    kAttemptWritten,
    kAttemptWriteFailed,
    kDeadLettered,
    kDeadLetterFailed,
    kDeadLetterFenced,
    kDeliveredBesideFollowers,
    kParked,
    kFollowersParked,
    kParkFailed,
    kParkFenced,
    kParkedDone,
    kParkedFailedAgain,
    kParkedOutage,
    kParkedFenced,
    kParkedDied,
    kParkedWasDone,
    kParkedAttemptWritten,
    kParkedGivenUp,
    kParkedTakenUp,
    kLotFull,
    kDiscarded,
    kWaited,
    kIdle,
    kFinished,
    kReleasedUnderWay,
    kHeld,
    kPaused,
    kResumed,
    kConsumedInPart,
    kConsumedAll,
    kSoughtBack,
    kSoughtAhead,
    kSeekInDoubt,
    kCount
};
const char* name_of(Transition transition);

struct Coverage {
    std::array<std::uint64_t, static_cast<std::size_t>(Transition::kCount)> seen{};
    void count(Transition transition) { ++seen[static_cast<std::size_t>(transition)]; }
};

// One history: a few workers with PartitionCores, a Kafka and a PostgreSQL that keep what those
// keep, and faults, all drawn from one seed. Throws Violation as soon as a promise is broken.
class World {
public:
    World(std::uint64_t seed, Coverage& coverage, bool prints);
    // Events of trouble first, then peace until all is done. Returns the number of events.
    std::size_t run(std::size_t troubled_events);

private:
    using Held = std::unique_ptr<Assignment>;

    // What may happen next.
    void event();
    void step(Assignment& assignment);
    void rebalance();
    void finish_rebalances();
    void crash(int worker, std::optional<std::size_t> guilty);
    void switch_outage();
    void publish();
    void pass_time();
    void toggle_hold();
    void toggle_pause();

    // Carry out a command.
    void begin(Assignment& assignment);
    void complete(Assignment& assignment);
    void carry_out(Assignment& assignment, const PartitionCore::Prove& command);
    void carry_out(Assignment& assignment, const PartitionCore::Claim& command);
    void carry_out(Assignment& assignment, const PartitionCore::Restart& command);
    void carry_out(Assignment& assignment, const PartitionCore::Drain& command);
    void carry_out(Assignment& assignment, const PartitionCore::Deliver& command);
    void carry_out(Assignment& assignment, const PartitionCore::WriteAttempt& command);
    void carry_out(Assignment& assignment, const PartitionCore::GiveUp& command);
    void carry_out(Assignment& assignment, const PartitionCore::Park& command);
    void carry_out(Assignment& assignment, const PartitionCore::RetryParked& command);
    void carry_out(Assignment& assignment, const PartitionCore::WriteParked& command);
    void carry_out(Assignment& assignment, const PartitionCore::GiveUpParked& command);
    void carry_out(Assignment& assignment, const PartitionCore::Discard& command);
    template <typename Other>
    void carry_out(Assignment& assignment, const Other& command);

    // The delivery.
    enum class Settled { kNothing, kTookEffect, kFailed };
    bool kills(Assignment& assignment, const PartitionCore::Deliver& command);
    bool handler_fails(Assignment& assignment, const PartitionCore::Deliver& command);
    Settled settle_doubt(Assignment& assignment, std::int64_t next_offset, Transition fenced);
    bool fence(Assignment& assignment);
    bool commit(Assignment& assignment, std::int64_t next_offset, const Change& change);
    void apply(Partition& partition, const Change& change);
    void note_progress(Assignment& assignment);

    // What the handler asks for.
    std::size_t consume_some(
        Assignment& assignment, const PartitionCore::Deliver& command, std::size_t failing
    );
    bool consumes_all(Assignment& assignment, const PartitionCore::Deliver& command);
    void consume(Assignment& assignment, std::size_t begin, std::size_t end);
    std::optional<std::int64_t> draw_seek(const Assignment& assignment, std::int64_t next_offset);
    void move_to(Partition& partition, std::int64_t next_offset, std::int64_t target);
    void go_on_at(Assignment& assignment, std::int64_t offset);
    void check_pause(const Assignment& assignment, const PartitionCore::Command& command) const;
    void check_steering(Assignment& assignment, std::size_t index);

    // What delivering [begin, end) does: all of it that is not done yet.
    Change change_of(Assignment& assignment, std::size_t begin, std::size_t end);
    std::vector<processing::ParkingLot::Parked> take_up_parked(Assignment& assignment);
    enum class Lot { kReady, kNotNow, kWasDone };
    Lot look_at_parked(Assignment& assignment, std::int64_t offset);
    Record& parked_record(Assignment& assignment, std::int64_t offset);
    void fail(Assignment& assignment, processing::FailureKind kind, Transition transition);
    void succeed(Assignment& assignment, std::span<const processing::Culprit> failed);

    // The oracle.
    void check_position(const Partition& partition, std::int64_t position) const;
    void check_delivery(Assignment& assignment, const PartitionCore::Deliver& command);
    void check_effect(Partition& partition, Record& record, bool dead_letter);
    void check_end() const;
    [[nodiscard]] bool all_done() const;
    void count_deaths(
        const std::vector<processing::InHand>& in_hand,
        std::optional<std::size_t> guilty,
        bool out_of_memory
    );
    void count_failures(
        Assignment& assignment, const PartitionCore::Deliver& command, std::size_t consumed = 0
    );
    void count_failure(const Partition& partition, Record& one);
    [[nodiscard]] std::vector<std::size_t> handed_out(
        const Assignment& assignment, std::size_t begin, std::size_t end
    ) const;

    void assign(std::size_t partition, int worker);
    void store_position(Assignment& assignment);
    void remove(const Assignment& assignment);
    [[nodiscard]] Assignment* find(int worker, std::size_t partition);
    [[nodiscard]] std::vector<std::int64_t> offsets_in_hand(const Assignment& assignment) const;
    [[nodiscard]] Record& record(Assignment& assignment, std::size_t index);
    [[nodiscard]] bool owns(const Assignment& assignment) const;
    [[nodiscard]] bool maybe(std::size_t one_in) { return troubled_ && random_.one_in(one_in); }
    void tell(const Assignment& assignment, const PartitionCore::Command& command) const;
    void say(const Assignment& assignment, const char* what) const;

    Random random_;
    Coverage& coverage_;
    const bool prints_;
    Setting setting_;
    bool troubled_ = true;
    Time now_{};
    bool database_away_ = false;
    std::vector<Partition> partitions_;
    std::vector<Held> assignments_;
    processing::MemoryAttemptStore attempts_;
};

}  // namespace carafe::simulation
