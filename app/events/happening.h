#pragma once

#include <string>

#include "carafe/message.h"

namespace shop {

// An event as it is told to browsers, whichever way it came: a record from Kafka, or a row of
// domain_events.
struct Happening {
    std::string topic;
    std::string event_id;     // "" when a foreign producer gave none
    std::string occurred_at;  // RFC 3339
    std::string body;         // the event's JSON
};

Happening happening_of(const carafe::Message& message);

}  // namespace shop
