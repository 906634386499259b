#include <gtest/gtest.h>

#include "app/models/uuid.h"
#include "carafe/errors.h"
#include "consumers/order_consumer.h"
#include "integration/shop/shop_fixture.h"

namespace {

using namespace shop;
using namespace shop::specs;

class OrderConsumerSpec : public ::testing::Test {
protected:
    // Asks for each status in turn, in one batch; returns the commands' ids.
    std::vector<std::string> change(
        const std::string& order, const std::vector<std::string>& statuses
    ) {
        Records records;
        std::vector<std::string> ids;
        for (const std::string& status : statuses) {
            ids.push_back(new_uuid());
            records.add("ORDER_STATUS_CHANGE", status_change(order, status, ids.back()));
        }
        shop_.consume<OrderConsumer>(records);
        return ids;
    }
    std::string outcome(const std::string& command_id) {
        return shop_.database.value(
            "SELECT outcome FROM order_commands WHERE command_id = '" + command_id + "'"
        );
    }

    Shop shop_;
    std::string glass_ = shop_.product(10);
    std::string order_ = shop_.place({{glass_, 3}});
};

TEST_F(OrderConsumerSpec, restores_the_stock_once_when_a_confirmed_order_is_cancelled) {
    shop_.reserve({order_});
    const auto ids = change(order_, {"cancelled", "CANCELLED"});
    change(order_, {"5"});
    EXPECT_EQ(shop_.status(order_), "cancelled");
    EXPECT_EQ(shop_.stock(glass_), 10);
    EXPECT_EQ(shop_.count("stock_movements WHERE kind = 'release'"), 1);
    EXPECT_EQ(shop_.count("domain_events WHERE type = 'order.cancelled'"), 1);
    EXPECT_EQ(outcome(ids[0]), "applied");
    EXPECT_EQ(outcome(ids[1]), "unchanged");
    EXPECT_TRUE(shop_.movements_add_up());
    EXPECT_EQ(shop_.database.value("SELECT payment_status FROM orders"), "voided");
}

TEST_F(OrderConsumerSpec, cancels_a_pending_order_so_that_its_reservation_does_nothing) {
    change(order_, {"cancelled"});
    shop_.reserve({order_});
    EXPECT_EQ(shop_.status(order_), "cancelled");
    EXPECT_EQ(shop_.stock(glass_), 10);
    EXPECT_EQ(shop_.database.value("SELECT order_version FROM orders"), "2");
}

TEST_F(OrderConsumerSpec, goes_all_the_way_to_delivered_within_one_batch) {
    shop_.reserve({order_});
    change(order_, {"processing", "shipped", "delivered"});
    EXPECT_EQ(shop_.status(order_), "delivered");
    EXPECT_EQ(
        shop_.database.value("SELECT string_agg((payload->>'status') || version, ' ' ORDER BY "
                             "version) FROM domain_events WHERE type = 'order.updated'"),
        "confirmed2 processing3 shipped4 delivered5"
    );
    EXPECT_EQ(shop_.count("outbox WHERE topic IN ('order.shipped', 'order.delivered')"), 2);
    EXPECT_EQ(
        shop_.count("outbox copy JOIN outbox original ON copy.headers = original.headers AND "
                    "copy.payload = original.payload WHERE copy.topic = 'order.shipped' AND "
                    "original.topic = 'order.updated'"),
        1
    );
    EXPECT_EQ(shop_.database.value("SELECT payment_status FROM orders"), "captured");
    EXPECT_EQ(shop_.stock(glass_), 7);
}

TEST_F(OrderConsumerSpec, refuses_impossible_steps_without_an_error) {
    const auto ids = change(order_, {"shipped", "confirmed", "rejected", "processing"});
    EXPECT_EQ(shop_.status(order_), "pending");
    for (const std::string& id : ids) {
        EXPECT_EQ(outcome(id), "refused");
    }
    EXPECT_EQ(shop_.count("domain_events WHERE type <> 'order.created'"), 0);
}

TEST_F(OrderConsumerSpec, does_not_reconsider_a_command_that_comes_again) {
    Records ship;
    ship.add("ORDER_STATUS_CHANGE", status_change(order_, "processing", new_uuid()));
    shop_.consume<OrderConsumer>(ship);
    shop_.reserve({order_});
    shop_.consume<OrderConsumer>(ship);  // now it would be possible
    EXPECT_EQ(shop_.status(order_), "confirmed");
}

TEST_F(OrderConsumerSpec, takes_codes_as_numbers_and_commands_without_an_id) {
    Records records;
    records.add("ORDER_STATUS_CHANGE", R"({"order_id":")" + order_ + R"(","new_status":5})");
    shop_.consume<OrderConsumer>(records);
    EXPECT_EQ(shop_.status(order_), "cancelled");
}

TEST_F(OrderConsumerSpec, cannot_decode_an_unknown_status) {
    Records records;
    records.add("ORDER_STATUS_CHANGE", status_change(order_, "vanished", new_uuid()));
    EXPECT_THROW(shop_.consume<OrderConsumer>(records), carafe::UndecodableError);
}

TEST_F(OrderConsumerSpec, names_the_record_whose_order_does_not_exist) {
    Records records;
    records.add("ORDER_STATUS_CHANGE", status_change(new_uuid(), "cancelled", new_uuid()));
    EXPECT_THROW(shop_.consume<OrderConsumer>(records), carafe::MessageError);
}

}  // namespace
