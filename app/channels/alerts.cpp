#include "app/channels/alerts.h"

#include <boost/json.hpp>

#include "app/models/clock.h"

namespace shop {

namespace {

namespace json = boost::json;

constexpr std::int64_t kLowStock = 10;
constexpr std::string_view kDeadLetterSuffix = ".dlq";

json::object alert(const char* type, const char* severity, const json::object& cause) {
    const json::value& id = cause.at("event_id");
    return {
        {"type", type},
        {"severity", severity},
        {"event_id", (id.is_string() ? std::string(id.get_string()) : "") + ":" + type},
        {"occurred_at", cause.at("occurred_at")},
        {"message", cause.at("message")},
    };
}

// Record headers are bytes of whoever produced the record: only plain text goes to a browser.
std::string printable(std::optional<std::string_view> bytes) {
    std::string text;
    for (const char c : bytes.value_or("")) {
        text += c >= ' ' && c <= '~' ? c : '?';
    }
    return text;
}

std::optional<std::int64_t> integer(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value != nullptr && value->is_int64() ? std::optional(value->get_int64()) : std::nullopt;
}

}  // namespace

std::optional<json::object> rejection_alert(const json::object& payload) {
    const json::object& order = payload.at("order").as_object();
    const json::value* status = order.if_contains("status");
    if (status == nullptr || *status != "rejected") {
        return std::nullopt;
    }
    json::object warning = alert("order_rejected", "warning", payload);
    warning["order_id"] = order.at("id");
    if (const json::value* rejection = order.if_contains("rejection")) {
        warning["rejection"] = *rejection;
    }
    return warning;
}

std::optional<json::object> low_stock_alert(const json::object& payload) {
    const auto stock = integer(payload, "stock");
    const auto previous = integer(payload, "previous_stock");
    if (!stock || !previous || *stock >= kLowStock || *previous < kLowStock) {
        return std::nullopt;
    }
    json::object warning = alert("low_stock", "warning", payload);
    for (const char* name : {"product_id", "sku", "stock", "stock_version"}) {
        if (const json::value* value = payload.if_contains(name)) {
            warning[name] = *value;
        }
    }
    return warning;
}

bool is_dead_letter_topic(const std::string& topic) {
    return topic.size() > kDeadLetterSuffix.size() &&
           std::string_view(topic).substr(topic.size() - kDeadLetterSuffix.size()) ==
               kDeadLetterSuffix;
}

json::object dead_letter_alert(const carafe::Message& message) {
    const std::string topic(message.topic());
    const std::string id =
        topic + "/" + std::to_string(message.partition()) + "/" + std::to_string(message.offset());
    const std::string source = printable(message.header("dlq_source_topic"));
    const std::string reason = printable(message.header("dlq_error_message"));
    return {
        {"type", "dead_letter"},
        {"severity", "critical"},
        {"event_id", id},
        {"occurred_at", rfc3339(message.timestamp())},
        {"message",
         "A record of " + (source.empty() ? topic : source) +
             " was set aside: " + (reason.empty() ? "no reason given" : reason)},
        {"dead_letter_id", id},
        {"error_class", printable(message.header("dlq_error_class"))},
        {"source_topic", source},
        {"key", printable(message.key())},
    };
}

}  // namespace shop
