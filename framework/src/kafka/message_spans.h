#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "carafe/message.h"
#include "carafe/producer.h"

namespace carafe::kafka {

// What happens to records, as spans: children of what their `traceparent` names. Nothing happens
// while no spans are exported, nor for a record without `traceparent`.

// It was handled, from `start` until now; `group` is empty for who reads without one.
void add_process_span(
    const Message& message,
    std::string_view group,
    std::chrono::system_clock::time_point start,
    const std::optional<std::string>& error
);

// It was handed to the broker, from `start` until its report came.
void add_publish_span(
    const Record& record, std::chrono::system_clock::time_point start, const DeliveryReport& report
);

}  // namespace carafe::kafka
