#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include "processing/retry.h"

namespace carafe::processing {

// What LaneCore tells its runner to do, each with the events that may answer it; which of the calls
// that may be under way is meant, is said by its number.
struct LaneCommands {
    using Call = std::uint32_t;

    struct Load {};  // what is known of the partition's records  -> loaded, not_loaded
    struct Drain {
        std::size_t max = 0;  // this many more records  -> arrived
    };
    struct Deliver {
        Call call = 0;
        int attempt = 1;
        bool is_suspect = false;
    };  // records(call)  -> succeeded, failed
    struct WriteAttempt {
        Call call = 0;
        int attempt = 0;
        Failure failure;
    };  // -> attempt_written, failed
    struct GiveUp {
        Call call = 0;
        int attempts = 0;
        Failure failure;
    };  // -> succeeded, failed
    struct Wait {
        CoreTime until;
    };                   // nothing to do before; no event
    struct Idle {};      // nothing to do for the thread that asks; no event
    struct Finished {};  // released, and no call is under way
    using Command = std::variant<Load, Drain, Deliver, WriteAttempt, GiveUp, Wait, Idle, Finished>;
};

}  // namespace carafe::processing
