#pragma once

#include <cstdint>

#include "kafka/properties.h"

namespace carafe::kafka {

// The consumer properties that keep what librdkafka fetches ahead within `budget_bytes`. With a
// queue per partition its limit counts per partition, so each of the `partitions` that this member
// may be assigned (all of the subscription, in the worst case) gets an equal share. Below 64 KiB a
// share is useless and the budget is exceeded rather than the worker stalled. Measured by
// bin/bench memory.
Properties prefetch_properties(std::int64_t budget_bytes, int partitions);

}  // namespace carafe::kafka
