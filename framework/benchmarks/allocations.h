#pragma once

#include <cstdint>

namespace carafe::bench {

// From here on every malloc, calloc and realloc of the process is counted, librdkafka's too: the
// program's own malloc stands before the C library's. Takes time: not in a run that is timed.
void count_allocations();

std::uint64_t allocations();

}  // namespace carafe::bench
