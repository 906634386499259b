#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "carafe/batch.h"

namespace carafe::processing {

// Only the group that gave a record up handles the copy that a redrive sends (dlq_redrive_group);
// other groups of the topic have handled the original.
bool is_for_group(const Message& message, std::string_view group);

// Those records of a batch that are the group's own. Copies nothing unless some are left out.
class OwnRecords {
public:
    OwnRecords(const Batch& batch, std::string_view group);

    [[nodiscard]] bool empty() const { return own_.size() == 0; }
    [[nodiscard]] const Batch& batch() const { return own_; }

private:
    std::vector<Message> kept_;
    Batch own_;
};

}  // namespace carafe::processing
