#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "postgres/relay_load.h"

namespace carafe::postgres {

// A relay that is alive, as all of them see it.
struct LiveRelay {
    std::string owner;
    std::size_t shards = 0;               // that it leases now
    std::optional<RelayFigures> figures;  // one of an older version does not tell
};

// How many of the outbox's shards `owner` is to lease; one that `relays` does not name comes last.
// All see the same list sooner or later, so the shares add up to all shards.
//
// As few relays as can do the work share them evenly: each looks for rows, sends requests of its
// own to the broker and has to be told of what other processes write, so two that could be one cost
// twice the work. Another is added when those that have shards are too busy, and taken away again
// when none of them is. The relays of the processes that write most come first, as nobody has to
// tell them; those that have shards keep them unless another's process writes twice as much.
std::size_t shard_share(std::vector<LiveRelay> relays, const std::string& owner);

}  // namespace carafe::postgres
