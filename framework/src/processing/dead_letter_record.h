#pragma once

#include "carafe/producer.h"
#include "processing/delivery.h"

namespace carafe::processing {

// Of dlq_error_message; contract.md, section 6.
inline constexpr std::size_t kErrorMessageBytesMax = 1024;

// The record for the dead letter topic: original key, payload and headers, then the dlq_* headers
// of contract.md section 6 and `dlq_id`, which is of this death alone. `dlq_redrives` is carried
// over from a redriven record, else 0; older dlq_* headers are replaced.
Record dead_letter_record(const DeadLetter& dead_letter, const std::string& group);

}  // namespace carafe::processing
