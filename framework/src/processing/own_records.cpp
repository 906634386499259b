#include "processing/own_records.h"

#include <algorithm>

namespace carafe::processing {

namespace {

constexpr std::string_view kGroup = "dlq_redrive_group";

}  // namespace

bool is_for_group(const Message& message, std::string_view group) {
    return message.header(kGroup).value_or(group) == group;
}

OwnRecords::OwnRecords(const Batch& batch, std::string_view group) : own_(batch) {
    const auto is_own = [&](const Message& message) { return is_for_group(message, group); };
    if (std::all_of(batch.begin(), batch.end(), is_own)) {
        return;
    }
    std::copy_if(batch.begin(), batch.end(), std::back_inserter(kept_), is_own);
    own_ = batch.part(kept_);
}

}  // namespace carafe::processing
