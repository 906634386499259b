#include "app/events/event.h"

#include <boost/json/serialize.hpp>

namespace shop {

Headers headers(const Envelope& envelope) {
    return {
        {"ce_specversion", "1.0"},
        {"ce_id", envelope.id},
        {"ce_type", envelope.type},
        {"ce_source", "/shop"},
        {"ce_time", envelope.time},
        {"content-type", "application/json"},
        {"traceparent", envelope.traceparent},
    };
}

std::vector<carafe::Record> records(const Event& event) {
    const carafe::Record original{
        event.type,
        event.key,
        boost::json::serialize(event.payload),
        headers({event.id, event.type, event.occurred_at, event.traceparent})};
    std::vector<carafe::Record> all{original};
    for (const std::string& topic : event.copies) {
        all.push_back(original);
        all.back().topic = topic;
    }
    return all;
}

}  // namespace shop
