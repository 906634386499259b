#pragma once

#include <cstddef>
#include <variant>

#include "processing/chunk_plan.h"

namespace carafe::processing {

// What PartitionCore tells its runner to do, each with the events that may answer it.
struct PartitionCommands {
    struct Prove {};    // commit synchronously: are we still a member?  -> proven, not_proven,
                        // membership_lost
    struct Claim {};    // -> claimed, failed
    struct Restart {};  // fetch from the claimed offset  -> restarted
    struct Drain {
        std::size_t max;                           // records the chunk may hold in all
    };                                             // -> drained
    using Deliver = ChunkPlan::Deliver;            // -> succeeded, failed
    using WriteAttempt = ChunkPlan::WriteAttempt;  // -> attempt_written, failed
    using GiveUp = ChunkPlan::GiveUp;              // a dead letter  -> succeeded, failed
    using Park = ChunkPlan::Park;                  // -> succeeded, failed
    using RetryParked = ParkingLot::Retry;         // -> succeeded, failed
    using WriteParked = ParkingLot::WriteAttempt;  // -> attempt_written, failed
    using GiveUpParked = ParkingLot::GiveUp;       // -> succeeded, failed
    struct Discard {};  // forget the chunk, without marking anything  -> discarded
    struct Wait {
        CoreTime until;
    };                   // nothing to do before; no event
    struct Idle {};      // nothing to do until records arrive; no event
    struct Finished {};  // released: nothing follows
    using Command = std::variant<
        Prove,
        Claim,
        Restart,
        Drain,
        Deliver,
        WriteAttempt,
        GiveUp,
        Park,
        RetryParked,
        WriteParked,
        GiveUpParked,
        Discard,
        Wait,
        Idle,
        Finished>;
};

}  // namespace carafe::processing
