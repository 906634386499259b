#include "app/events/order_command_messages.h"

#include <boost/json.hpp>
#include <map>

#include "app/events/event.h"
#include "app/models/clock.h"
#include "app/models/uuid.h"
#include "carafe/errors.h"

namespace shop {

namespace {

namespace json = boost::json;
using carafe::Message;
using carafe::UndecodableError;

json::object parse_body(const Message& message) {
    if (!message.payload()) {
        throw UndecodableError(message, "the record has no value");
    }
    boost::system::error_code error;
    json::value body = json::parse(*message.payload(), error);
    if (error) {
        throw UndecodableError(message, "the value is not JSON: " + error.message());
    }
    if (!body.is_object()) {
        throw UndecodableError(message, "the value is not a JSON object");
    }
    return std::move(body.as_object());
}

std::optional<std::string> text_field(
    const Message& message, const json::object& body, const std::string& name
) {
    const json::value* value = body.if_contains(name);
    if (value == nullptr || value->is_null()) {
        return std::nullopt;
    }
    if (!value->is_string() || value->as_string().find('\0') != json::string::npos) {
        throw UndecodableError(message, name + " is not a text");
    }
    return std::string(value->as_string());
}

std::optional<std::string> uuid_field(
    const Message& message, const json::object& body, const std::string& name
) {
    const auto text = text_field(message, body, name);
    if (text && !is_uuid(*text)) {
        throw UndecodableError(message, name + " is not a UUID");
    }
    return text ? std::optional(canonical_uuid(*text)) : std::nullopt;
}

std::string type_of(const Message& message, const json::object& body) {
    if (const auto type = message.header("ce_type")) {
        return std::string(*type);
    }
    if (auto type = text_field(message, body, "event_type")) {
        return *type;
    }
    throw UndecodableError(message, "neither a header ce_type nor a field event_type");
}

OrderStatus new_status(const Message& message, const json::object& body) {
    const json::value* value = body.if_contains("new_status");
    if (value == nullptr) {
        throw UndecodableError(message, "new_status is missing");
    }
    const std::string text =
        value->is_string() ? std::string(value->as_string()) : json::serialize(*value);
    const auto status = parse_order_status(text);
    if (!status) {
        throw UndecodableError(message, "new_status is not a status of an order");
    }
    return *status;
}

OrderCommand command_about_order(const Message& message, const json::object& body) {
    OrderCommand command;
    auto order_id = uuid_field(message, body, "order_id");
    if (!order_id) {
        throw UndecodableError(message, "order_id is missing");
    }
    command.order_id = std::move(*order_id);
    command.traceparent = std::string(message.header("traceparent").value_or(""));
    return command;
}

}  // namespace

OrderCommand read_inventory_command(const Message& message) {
    const json::object body = parse_body(message);
    const std::string type = type_of(message, body);
    if (type == "STOCK_RESERVE_REQUEST") {
        return command_about_order(message, body);
    }
    if (type == "STOCK_RELEASE_REQUEST") {
        OrderCommand command = command_about_order(message, body);
        command.kind = OrderCommand::Kind::kChangeStatus;
        command.new_status = OrderStatus::kCancelled;
        command.reason = text_field(message, body, "reason");
        return command;
    }
    throw UndecodableError(message, "unknown type or version '" + type + "'");
}

OrderCommand read_order_command(const Message& message) {
    const json::object body = parse_body(message);
    const std::string type = type_of(message, body);
    if (type != "ORDER_STATUS_CHANGE") {
        throw UndecodableError(message, "unknown type or version '" + type + "'");
    }
    OrderCommand command = command_about_order(message, body);
    command.kind = OrderCommand::Kind::kChangeStatus;
    command.id = uuid_field(message, body, "command_id");
    command.new_status = new_status(message, body);
    command.reason = text_field(message, body, "reason");
    return command;
}

OrderNews read_order_news(const Message& message) {
    const json::object body = parse_body(message);
    const std::string type = type_of(message, body);
    if (type != "order.updated" && type != "order.cancelled") {
        throw UndecodableError(message, "unknown type or version '" + type + "'");
    }
    OrderNews news;
    news.order_id = command_about_order(message, body).order_id;
    const auto status = text_field(message, body, "status");
    news.is_confirmation = status && *status == to_string(OrderStatus::kConfirmed);
    return news;
}

std::string stock_reserve_request(const std::string& order_id) {
    return json::serialize(json::object{{"order_id", order_id}});
}

carafe::Record order_status_change(const OrderCommand& command, const std::string& requested_by) {
    json::object body{
        {"command_id", command.id.value()},
        {"order_id", command.order_id},
        {"new_status", to_string(command.new_status)},
        {"requested_by", requested_by},
    };
    if (command.reason) {
        body["reason"] = *command.reason;
    }
    return {
        "orders",
        command.order_id,
        json::serialize(body),
        headers({*command.id, "ORDER_STATUS_CHANGE", now_rfc3339(), command.traceparent})};
}

}  // namespace shop
