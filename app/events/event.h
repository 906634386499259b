#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "carafe/producer.h"

namespace shop {

// Something that happened, as it is announced on a topic of its own and kept in domain_events.
struct Event {
    std::string id;    // UUIDv7; ce_id, and what browsers drop duplicates by
    std::string type;  // also the topic: order.updated
    std::string key;   // order id, or product id for product.* and inventory.updated
    std::optional<std::string> user_id;
    std::optional<std::string> order_id;
    std::optional<std::string> product_id;
    int version = 1;  // order_version or stock_version
    boost::json::object payload;
    std::string occurred_at;  // RFC 3339
    std::string traceparent;
    // Topics that get a copy with the same id: order.shipped, order.delivered.
    std::vector<std::string> copies;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

// What the headers of every record of the shop say: CloudEvents in binary mode, and the trace.
struct Envelope {
    std::string id;
    std::string type;
    std::string time;
    std::string traceparent;
};
Headers headers(const Envelope& envelope);

// The records that announce the event: one for its topic, one for each copy.
std::vector<carafe::Record> records(const Event& event);

}  // namespace shop
