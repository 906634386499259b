#pragma once

#include <string>

#include "app/events/event.h"
#include "app/models/fulfilment.h"

namespace shop {

// order.cancelled for a cancellation, order.updated for every other change of status or payment.
Event order_changed(const Transition& transition, const std::string& now);

// inventory.updated, once per product and batch.
Event inventory_updated(const StockChange& change, const std::string& now);

// `{reason: insufficient_stock, items: [...]}`: what a customer is told of a rejection. Without
// shortages the reason is processing_failed: the order's command was given up.
boost::json::object rejection_of(const std::vector<Shortage>& shortages);

}  // namespace shop
