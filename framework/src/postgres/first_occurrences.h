#pragma once

#include <pqxx/pqxx>
#include <vector>

#include "carafe/batch.h"
#include "processing/delivery.h"

namespace carafe::postgres {

// The records of a batch whose event (ce_id) the group has not handled yet, for routes that say
// `deduplicate`. They are written into the inbox in `tx`, so together with their effects. A record
// without a ce_id is not known to be a repeat. What ends as a dead letter leaves no row, so that
// its redrive is handled.
class FirstOccurrences {
public:
    FirstOccurrences(pqxx::work& tx, const Batch& batch, const processing::PartitionId& partition);

    [[nodiscard]] bool empty() const { return batch_.size() == 0; }
    [[nodiscard]] const Batch& batch() const { return batch_; }

private:
    std::vector<Message> kept_;
    Batch batch_;
};

}  // namespace carafe::postgres
