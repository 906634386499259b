#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "carafe/settings.h"

namespace carafe {

// One record on its way: when it was made, when it reached Kafka, and who has handled it.
struct TraceHop {
    struct Reader {
        std::string group;
        std::optional<bool> handled;  // empty: not known
    };

    std::string topic;
    std::string type;                                           // ce_type
    std::string event_id;                                       // ce_id
    std::string trace_id;                                       // of traceparent
    std::optional<std::chrono::system_clock::time_point> made;  // ce_time: in the transaction
    // Empty while it waits in the outbox.
    std::optional<std::chrono::system_clock::time_point> published;
    std::optional<std::int32_t> partition;
    std::optional<std::int64_t> offset;
    std::vector<Reader> readers;  // consumer groups of this topic
    std::string note;             // "dead letter: ...", "waits in the outbox"
};

struct Trace {
    std::vector<TraceHop> hops;         // by the time they were made
    std::vector<std::string> problems;  // what could not be asked, and why
};

// Everything that carries the key (an order's id, say) in the topics of karafka.yml since then, in
// the outbox, and among the dead letters. At most some seconds' work: what is not found in time is
// named among the problems.
Trace trace_key(
    const Settings& settings, const std::string& key, std::chrono::system_clock::time_point since
);

// When a UUID of version 7 was made; empty for anything else. A good `since` for its trace.
std::optional<std::chrono::system_clock::time_point> time_of_uuid(const std::string& id);

}  // namespace carafe
