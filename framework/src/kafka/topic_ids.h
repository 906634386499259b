#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "kafka/handles.h"

namespace carafe::kafka {

// What the cluster knows these topics by: a topic that is deleted and created again has another id.
// Without an entry: unknown (too old a broker, no permission). Empty: no answer within `timeout`.
std::optional<std::map<std::string, std::string>> topic_ids(
    rd_kafka_t* client, const std::set<std::string>& topics, std::chrono::milliseconds timeout
);

}  // namespace carafe::kafka
