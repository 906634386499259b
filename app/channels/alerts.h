#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>

#include "carafe/message.h"

namespace shop {

// What administrators are warned of: {type, severity, message, event_id, occurred_at, ...}. The
// event_id of an alert is its cause's with a suffix, as both may reach the same browser.

// When the order of an order event (its payload for the browser) was rejected.
std::optional<boost::json::object> rejection_alert(const boost::json::object& payload);

// When the stock crosses below 10, not at every change down there.
std::optional<boost::json::object> low_stock_alert(const boost::json::object& payload);

bool is_dead_letter_topic(const std::string& topic);
boost::json::object dead_letter_alert(const carafe::Message& message);

}  // namespace shop
