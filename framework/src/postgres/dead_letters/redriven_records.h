#pragma once

#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "carafe/batch.h"

namespace carafe::postgres {

// The records of a batch that an exactly_once route must handle: of the copies that redrives sent
// (dlq_redrive_id), only those whose effect is not in the database yet, because an outbox may
// publish one twice, and none for another group. Marks them in `tx`, so together with the effect.
class RedrivenRecords {
public:
    // `effect` is what becomes of them: "done" or "dead".
    RedrivenRecords(
        pqxx::work& tx, const Batch& batch, const std::string& group, const std::string& effect
    );

    [[nodiscard]] bool empty() const { return batch_.size() == 0; }
    [[nodiscard]] const Batch& batch() const { return batch_; }

private:
    std::vector<Message> kept_;
    Batch batch_;
};

}  // namespace carafe::postgres
