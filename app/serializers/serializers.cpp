#include "app/serializers/serializers.h"

#include <boost/json.hpp>

namespace shop::serializers {

namespace json = boost::json;

namespace {

json::value nullable_json(const std::optional<std::string>& text) {
    return text ? json::parse(*text) : json::value(nullptr);
}

json::object item(const OrderItem& item) {
    return {
        {"product_id", item.product_id},
        {"sku", item.sku},
        {"name", item.name},
        {"quantity", item.quantity},
        {"unit_price", money(item.unit_price)},
    };
}

}  // namespace

json::object money(const Money& money) {
    return {{"amount_minor", money.amount_minor}, {"currency", money.currency}};
}

json::object product(const Product& product) {
    return {
        {"id", product.id},
        {"sku", product.sku},
        {"name", product.name},
        {"description", product.description},
        {"category", product.category},
        {"price", money(product.price)},
        {"stock", product.stock},
        {"in_stock", product.stock > 0},
        {"version", product.version},
        {"created_at", product.created_at},
        {"updated_at", product.updated_at},
    };
}

json::object inventory_level(const InventoryLevel& level) {
    return {
        {"product_id", level.product_id},
        {"sku", level.sku},
        {"name", level.name},
        {"quantity", level.quantity},
        {"taken_by_open_orders", level.taken},
        {"low_stock", level.quantity < InventoryLevel::kLow},
        {"stock_version", level.version},
        {"updated_at", level.updated_at},
    };
}

json::object movement(const StockMovement& movement) {
    return {
        {"id", movement.id},
        {"product_id", movement.adjustment.product_id},
        {"kind", "adjust"},
        {"quantity", movement.adjustment.delta},
        {"reason", movement.adjustment.reason},
        {"at", movement.at},
    };
}

json::object user(const User& user) {
    return {
        {"id", user.id},
        {"email", user.email},
        {"name", user.name},
        {"role", to_string(user.role)},
    };
}

json::object order(const Order& order, Role viewer) {
    json::array items;
    for (const OrderItem& each : order.items) {
        items.push_back(item(each));
    }
    json::object body{
        {"id", order.id},
        {"order_number", order.number},
        {"user_id", order.user_id},
        {"status", to_string(order.status)},
        {"items", std::move(items)},
        {"total", money(order.total)},
        {"shipping_address", nullable_json(order.shipping_address)},
        {"payment", {{"status", to_string(order.payment)}}},
        {"order_version", order.version},
        {"created_at", order.created_at},
        {"updated_at", order.updated_at},
    };
    if (order.rejection) {
        body["rejection"] = json::parse(*order.rejection);
    }
    if (order.cancelled_at) {
        body["cancelled_at"] = *order.cancelled_at;
    }
    if (viewer == Role::kAdmin) {
        body["customer"] = {{"email", order.customer_email}, {"name", order.customer_name}};
    }
    return body;
}

json::object order_event(const HistoryEntry& entry) {
    const json::object& payload = entry.payload;
    const auto told =
        [&payload](std::string_view name, const json::value& otherwise) -> json::value {
        const json::value* value = payload.if_contains(name);
        return value == nullptr ? otherwise : *value;
    };
    json::object body{
        {"id", entry.id},
        {"type", entry.type},
        {"order_version", entry.order_version},
        {"status", told("status", entry.type == "order.cancelled" ? "cancelled" : "pending")},
        {"previous_status", told("previous_status", nullptr)},
        {"payment", told("payment", json::object{{"status", "pending"}})},
        {"occurred_at", entry.occurred_at},
    };
    for (const char* name : {"rejection", "reason", "restocked"}) {
        if (const json::value* value = payload.if_contains(name)) {
            body[name] = *value;
        }
    }
    return body;
}

}  // namespace shop::serializers
