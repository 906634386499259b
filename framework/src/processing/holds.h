#pragma once

#include "processing/delivery.h"

namespace carafe::processing {

// Which partitions an operator has paused: what is in hand is finished, nothing new is taken.
// Thread-safe; asked by poll threads twice a second, so it must not block.
class Holds {
public:
    virtual ~Holds() = default;
    [[nodiscard]] virtual bool is_held(const PartitionId& partition) const = 0;
};

}  // namespace carafe::processing
