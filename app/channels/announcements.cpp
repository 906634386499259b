#include "app/channels/announcements.h"

#include <array>
#include <boost/json.hpp>
#include <utility>

#include "app/channels/alerts.h"

namespace shop {

namespace {

namespace json = boost::json;
using carafe::Message;

// Enough for the event of an order with some lines; a larger one takes more from the heap.
constexpr std::size_t kUsualBytes = 16'384;

std::string text(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

std::string payment_status(const json::object& order) {
    const json::value* payment = order.if_contains("payment");
    return payment != nullptr && payment->is_object() ? text(payment->get_object(), "status")
                                                      : std::string();
}

std::string order_sentence(const json::object& order) {
    const std::string number = text(order, "order_number");
    const std::string status = text(order, "status");
    const std::string name = "Order " + (number.empty() ? text(order, "id") : number);
    if (status == text(order, "previous_status")) {  // only its payment has changed
        return name + ": the payment is " + payment_status(order) + ".";
    }
    if (status == "pending") {
        return name + " was placed.";
    }
    if (status == "rejected") {
        return name + " was rejected: there is not enough stock.";
    }
    if (status == "processing") {
        return name + " is being prepared.";
    }
    if (status == "shipped") {
        return name + " is on its way.";
    }
    return name + (status == "confirmed" ? " is confirmed." : " was " + status + ".");
}

// Makes of an event the order, as far as it tells it, by the names of the API.
json::object order_of(const std::string& topic, json::object order) {
    order["id"] = text(order, "order_id");
    order.erase("order_id");
    if (topic == "order.cancelled") {
        order["status"] = "cancelled";
    }
    return order;
}

void announce_order(
    const std::string& topic,
    json::object event,
    json::object payload,
    std::vector<Announcement>& all
) {
    json::object order = order_of(topic, std::move(event));
    const std::string user_id = text(order, "user_id");
    const std::string action = topic.substr(topic.find('.') + 1);
    payload["message"] = order_sentence(order);
    payload["order"] = std::move(order);
    const std::string serialised = json::serialize(payload);
    if (!user_id.empty()) {
        all.push_back({room_of_user(user_id), "order:" + action, serialised});
    }
    all.push_back({kAdminRoom, "admin:order:" + action, serialised});
    if (auto alert = rejection_alert(payload)) {
        all.push_back({kAdminRoom, "admin:alert", json::serialize(*alert)});
    }
}

void announce_inventory(json::object event, json::object payload, std::vector<Announcement>& all) {
    for (auto& member : event) {
        payload[member.key()] = std::move(member.value());
    }
    const json::value* stock = payload.if_contains("stock");
    payload["message"] = "The stock of " + text(payload, "sku") + " is now " +
                         (stock == nullptr ? "unknown" : json::serialize(*stock)) + ".";
    const std::string serialised = json::serialize(payload);
    all.push_back({kInventoryRoom, "inventory:updated", serialised});
    all.push_back({kAdminRoom, "admin:inventory:updated", serialised});
    if (auto alert = low_stock_alert(payload)) {
        all.push_back({kAdminRoom, "admin:alert", json::serialize(*alert)});
    }
}

void announce_product(
    const std::string& topic,
    json::object event,
    json::object payload,
    std::vector<Announcement>& all
) {
    const std::string action = topic.substr(topic.find('.') + 1);
    payload["message"] = "Product " + text(event, "name") + " was " + action + ".";
    payload["product"] = std::move(event);
    all.push_back({kAdminRoom, "admin:product:" + action, json::serialize(payload)});
}

}  // namespace

std::string room_of_user(const std::string& user_id) {
    return "user:" + user_id;
}

std::vector<Announcement> announcements(const Happening& happening) {
    const std::string& topic = happening.topic;
    // Of the values that go no further than this function: some dozen strings and names.
    std::array<unsigned char, kUsualBytes> usual;
    json::monotonic_resource memory(usual.data(), usual.size());
    boost::system::error_code error;
    json::value body = json::parse(happening.body, error, &memory);
    if (error || !body.is_object()) {
        return {};
    }
    json::object event = std::move(body.get_object());
    json::object payload(
        {{"event_id", happening.event_id}, {"occurred_at", happening.occurred_at}}, &memory
    );
    std::vector<Announcement> all;
    if (topic == "order.created" || topic == "order.updated" || topic == "order.cancelled") {
        announce_order(topic, std::move(event), std::move(payload), all);
    } else if (topic == "inventory.updated") {
        announce_inventory(std::move(event), std::move(payload), all);
    } else if (topic == "product.created" || topic == "product.updated") {
        announce_product(topic, std::move(event), std::move(payload), all);
    }
    return all;
}

std::vector<Announcement> announcements(const Message& message) {
    if (is_dead_letter_topic(std::string(message.topic()))) {
        return {{kAdminRoom, "admin:alert", json::serialize(dead_letter_alert(message))}};
    }
    return announcements(happening_of(message));
}

}  // namespace shop
