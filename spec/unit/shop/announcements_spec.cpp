#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>

#include "app/channels/announcements.h"
#include "app/events/order_events.h"

namespace {

using namespace shop;
namespace json = boost::json;

class Source final : public carafe::MessageSource {
public:
    explicit Source(const Headers& headers) : headers_(headers) {}
    std::chrono::system_clock::time_point timestamp(const void* /*record*/) const override {
        return {};
    }
    std::vector<carafe::Header> headers(const void* /*record*/) const override {
        std::vector<carafe::Header> all;
        for (const auto& [name, value] : headers_) {
            all.push_back({name, value});
        }
        return all;
    }

private:
    const Headers& headers_;
};

std::vector<Announcement> announced(const carafe::Record& record) {
    const Source source(record.headers);
    carafe::Message::Fields fields;
    fields.topic = record.topic;
    fields.partition = 2;
    fields.offset = 7;
    fields.payload = *record.payload;
    fields.source = &source;
    return announcements(carafe::Message(fields));
}

std::string rooms_and_events(const std::vector<Announcement>& all) {
    std::string text;
    for (const Announcement& each : all) {
        text += each.room + " " + each.event + "\n";
    }
    return text;
}

json::object payload(const Announcement& announcement) {
    return json::parse(announcement.payload).as_object();
}

Transition transition(OrderStatus to) {
    Transition transition;
    transition.order.id = "o1";
    transition.order.number = "ORD-1";
    transition.order.user_id = "u1";
    transition.order.status = to;
    transition.order.version = 2;
    return transition;
}

const std::string kNow = "2026-11-21T09:00:00.000000Z";

TEST(Announcements, tell_the_customer_and_the_admins_of_a_confirmed_order) {
    const Event event = order_changed(transition(OrderStatus::kConfirmed), kNow);
    const auto all = announced(records(event).at(0));
    EXPECT_EQ(
        rooms_and_events(all), "user:u1 order:updated\nadmin:dashboard admin:order:updated\n"
    );
    const json::object told = payload(all.at(0));
    EXPECT_EQ(told.at("event_id"), event.id.c_str());
    EXPECT_EQ(told.at("occurred_at"), kNow.c_str());
    EXPECT_EQ(told.at("message"), "Order ORD-1 is confirmed.");
    const json::object& order = told.at("order").as_object();
    EXPECT_EQ(order.at("id"), "o1");
    EXPECT_EQ(order.at("status"), "confirmed");
    EXPECT_EQ(order.at("order_version"), 2);
    EXPECT_FALSE(order.contains("order_id"));
}

TEST(Announcements, say_that_a_cancelled_order_is_cancelled) {
    const auto all =
        announced(records(order_changed(transition(OrderStatus::kCancelled), kNow))[0]);
    EXPECT_EQ(
        rooms_and_events(all), "user:u1 order:cancelled\nadmin:dashboard admin:order:cancelled\n"
    );
    EXPECT_EQ(payload(all[0]).at("order").at("status"), "cancelled");
    EXPECT_EQ(payload(all[0]).at("message"), "Order ORD-1 was cancelled.");
}

TEST(Announcements, alert_the_admins_of_a_rejected_order) {
    Transition rejected = transition(OrderStatus::kRejected);
    rejected.shortages = {{"p1", 3, 1}};
    const Event event = order_changed(rejected, kNow);
    const auto all = announced(records(event)[0]);
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[2].event, "admin:alert");
    const json::object alert = payload(all[2]);
    EXPECT_EQ(alert.at("type"), "order_rejected");
    EXPECT_EQ(alert.at("order_id"), "o1");
    EXPECT_EQ(alert.at("rejection").at("items").at(0).at("available"), 1);
    EXPECT_NE(alert.at("event_id"), event.id.c_str()) << "or a browser would drop it as seen";
}

TEST(Announcements, alert_when_stock_crosses_below_10_and_only_then) {
    const auto alerts = [](int before, int after) {
        const StockChange change{{"p1", "SKU", after, 4}, before, {}};
        int count = 0;
        for (const Announcement& each : announced(records(inventory_updated(change, kNow))[0])) {
            count += each.event == "admin:alert" ? 1 : 0;
        }
        return count;
    };
    EXPECT_EQ(alerts(10, 9), 1);
    EXPECT_EQ(alerts(500, 0), 1);
    EXPECT_EQ(alerts(11, 10), 0);
    EXPECT_EQ(alerts(9, 8), 0);
    EXPECT_EQ(alerts(8, 12), 0);
}

TEST(Announcements, tell_the_inventory_room_of_stock) {
    const StockChange change{{"p1", "SKU", 90, 4}, 100, {}};
    const auto all = announced(records(inventory_updated(change, kNow))[0]);
    EXPECT_EQ(
        rooms_and_events(all),
        "inventory inventory:updated\nadmin:dashboard admin:inventory:updated\n"
    );
    EXPECT_EQ(payload(all[0]).at("stock"), 90);
    EXPECT_EQ(payload(all[0]).at("stock_version"), 4);
}

TEST(Announcements, alert_of_dead_letters_whatever_bytes_they_hold) {
    const auto all = announced(
        {"inventory.dlq",
         "k\xff",
         "\xff\xfe not json",
         {{"dlq_source_topic", "inventory"}, {"dlq_error_message", "bad \xff bytes\n"}}}
    );
    ASSERT_EQ(all.size(), 1U);
    const json::object alert = payload(all[0]);
    EXPECT_EQ(alert.at("type"), "dead_letter");
    EXPECT_EQ(alert.at("dead_letter_id"), "inventory.dlq/2/7");
    EXPECT_EQ(alert.at("message"), "A record of inventory was set aside: bad ? bytes?");
}

TEST(Announcements, say_nothing_of_records_that_make_no_sense) {
    for (const char* body : {"", "{", "[]", "null", "7"}) {
        EXPECT_TRUE(announced({"order.updated", "k", body, {}}).empty()) << body;
    }
    EXPECT_TRUE(announced({"somebody.else", "k", "{}", {}}).empty());
    for (const char* body : {"{}", R"({"order_id":7,"user_id":[],"status":{}})"}) {
        for (const Announcement& each : announced({"order.updated", "k", body, {}})) {
            EXPECT_EQ(each.room, "admin:dashboard") << "nobody's order is told to no customer";
        }
    }
    EXPECT_NO_THROW(announced({"inventory.updated", "k", R"({"stock":"many"})", {}}));
}

}  // namespace
