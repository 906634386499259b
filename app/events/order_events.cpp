#include "app/events/order_events.h"

#include <boost/json/array.hpp>

#include "app/models/uuid.h"
#include "carafe/trace_context.h"

namespace shop {

namespace {

namespace json = boost::json;

Event event_about(const Transition& transition, const std::string& type, const std::string& now) {
    const LockedOrder& order = transition.order;
    Event event;
    event.id = new_uuid();
    event.type = type;
    event.key = order.id;
    event.user_id = order.user_id;
    event.order_id = order.id;
    event.version = order.version;
    event.occurred_at = now;
    event.traceparent = carafe::child_traceparent(transition.traceparent, type);
    event.payload = {
        {"order_id", order.id},
        {"order_number", order.number},
        {"user_id", order.user_id},
        {"previous_status", to_string(transition.from)},
        {"payment", {{"status", to_string(order.payment)}}},
        {"order_version", order.version},
    };
    return event;
}

Event order_cancelled(const Transition& transition, const std::string& now) {
    Event event = event_about(transition, "order.cancelled", now);
    event.payload["cancelled_at"] = now;
    event.payload["restocked"] = transition.restocked;
    if (transition.reason) {
        event.payload["reason"] = *transition.reason;
    }
    return event;
}

Event order_updated(const Transition& transition, const std::string& now) {
    Event event = event_about(transition, "order.updated", now);
    event.payload["status"] = to_string(transition.order.status);
    event.payload["updated_at"] = now;
    if (transition.order.status == OrderStatus::kRejected) {
        event.payload["rejection"] = rejection_of(transition.shortages);
    }
    if (transition.from != OrderStatus::kShipped &&
        transition.order.status == OrderStatus::kShipped) {
        event.copies = {"order.shipped"};
    }
    if (transition.from != OrderStatus::kDelivered &&
        transition.order.status == OrderStatus::kDelivered) {
        event.copies = {"order.delivered"};
    }
    return event;
}

const char* cause_of(const StockChange& change) {
    if (change.is_adjustment) {
        return "adjust";
    }
    return change.stock.quantity < change.previous_quantity ? "reserve" : "release";
}

}  // namespace

Event order_changed(const Transition& transition, const std::string& now) {
    const bool is_cancellation = transition.from != OrderStatus::kCancelled &&
                                 transition.order.status == OrderStatus::kCancelled;
    return is_cancellation ? order_cancelled(transition, now) : order_updated(transition, now);
}

Event inventory_updated(const StockChange& change, const std::string& now) {
    const LockedStock& stock = change.stock;
    Event event;
    event.id = new_uuid();
    event.type = "inventory.updated";
    event.key = stock.product_id;
    event.product_id = stock.product_id;
    event.version = stock.version;
    event.occurred_at = now;
    event.traceparent = carafe::child_traceparent(change.traceparent, event.type);
    event.payload = {
        {"product_id", stock.product_id},
        {"sku", stock.sku},
        {"stock", stock.quantity},
        {"previous_stock", change.previous_quantity},
        {"stock_version", stock.version},
        {"cause", cause_of(change)},
    };
    return event;
}

json::object rejection_of(const std::vector<Shortage>& shortages) {
    json::array items;
    for (const Shortage& shortage : shortages) {
        items.push_back(
            {{"product_id", shortage.product_id},
             {"requested", shortage.requested},
             {"available", shortage.available}}
        );
    }
    const char* reason = shortages.empty() ? "processing_failed" : "insufficient_stock";
    return {{"reason", reason}, {"items", std::move(items)}};
}

}  // namespace shop
