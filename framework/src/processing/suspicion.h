#pragma once

#include <span>
#include <vector>

#include "processing/delivery.h"
#include "processing/history.h"

namespace carafe::processing {

// What one thread of a process that died had in its hands.
struct InHand {
    PartitionId partition;
    SuspectRange range;
    bool was_suspect = false;  // ran alone because of what was known of it
    bool caused_it = false;    // the fatal signal hit this thread
};

// Records that must run alone from now on; or one whose killing of the process is counted.
struct Suspicion {
    PartitionId partition;
    SuspectRange range;
    bool counts = false;
};

// Who is to be suspected of a death. When a thread is known to have caused it, it alone; otherwise
// (SIGKILL) all that had something in hand. A death counts against a record only when the record
// was alone, and either its thread caused it, or the kernel was short of memory meanwhile
// (`out_of_memory`) and the record was alone because it was a suspect already. Killing workers from
// outside, however often, counts for nobody.
std::vector<Suspicion> accuse(std::span<const InHand> hands, bool out_of_memory);

}  // namespace carafe::processing
