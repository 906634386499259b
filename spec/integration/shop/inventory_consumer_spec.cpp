#include <gtest/gtest.h>

#include <thread>

#include "app/models/uuid.h"
#include "carafe/errors.h"
#include "consumers/inventory_consumer.h"
#include "consumers/order_consumer.h"
#include "integration/shop/shop_fixture.h"

namespace {

using namespace shop;
using namespace shop::specs;

class InventoryConsumerSpec : public ::testing::Test {
protected:
    void consume(Records& records) { shop_.consume<InventoryConsumer>(records); }

    Shop shop_;
};

TEST_F(InventoryConsumerSpec, confirms_a_pending_order_and_takes_its_stock) {
    const std::string glass = shop_.product(10);
    const std::string order = shop_.place({{glass, 3}});
    EXPECT_EQ(shop_.status(order), "pending");
    shop_.reserve({order});

    EXPECT_EQ(shop_.status(order), "confirmed");
    EXPECT_EQ(shop_.stock(glass), 7);
    EXPECT_EQ(shop_.count("stock_movements WHERE order_id = '" + order + "' AND quantity = -3"), 1);
    const std::string is_event =
        "domain_events WHERE type = 'order.updated' AND payload->>'status' = 'confirmed' AND "
        "payload->>'previous_status' = 'pending' AND version = 2 AND order_id = '";
    EXPECT_EQ(shop_.count(is_event + order + "'"), 1);
    EXPECT_EQ(shop_.count("outbox WHERE topic = 'order.updated'"), 1);
    EXPECT_EQ(
        shop_.count(
            "domain_events WHERE type = 'inventory.updated' AND (payload->>'stock')::int = 7 "
            "AND (payload->>'previous_stock')::int = 10 AND version = 2"
        ),
        1
    );
    EXPECT_EQ(
        shop_.database.value("SELECT payment_status || order_version FROM orders"), "authorised2"
    );
}

TEST_F(InventoryConsumerSpec, rejects_with_all_failing_lines_and_leaves_the_stock_alone) {
    const std::string glass = shop_.product(2);
    const std::string beans = shop_.product(1);
    const std::string grinder = shop_.product(5);
    const std::string order = shop_.place({{glass, 3}, {grinder, 1}, {beans, 2}});
    shop_.reserve({order});

    EXPECT_EQ(shop_.status(order), "rejected");
    EXPECT_EQ(shop_.stock(grinder), 5);
    EXPECT_EQ(shop_.count("stock_movements WHERE order_id IS NOT NULL"), 0);
    EXPECT_EQ(
        shop_.database.value(
            "SELECT rejection = jsonb_build_object('reason', 'insufficient_stock', 'items', "
            "jsonb_build_array(jsonb_build_object('product_id', '" +
            glass + "', 'requested', 3, 'available', 2), jsonb_build_object('product_id', '" +
            beans + "', 'requested', 2, 'available', 1))) FROM orders"
        ),
        "t"
    );
    EXPECT_EQ(
        shop_.count("domain_events WHERE type = 'order.updated' AND payload ? 'rejection'"), 1
    );
}

TEST_F(InventoryConsumerSpec, has_its_effect_once_when_a_message_comes_twice) {
    const std::string glass = shop_.product(10);
    const std::string order = shop_.place({{glass, 3}});
    shop_.reserve({order, order});
    shop_.reserve({order});
    EXPECT_EQ(shop_.stock(glass), 7);
    EXPECT_EQ(shop_.count("domain_events WHERE type = 'order.updated'"), 1);
}

TEST_F(InventoryConsumerSpec, serves_a_whole_batch_and_tells_each_product_once) {
    const std::string glass = shop_.product(100);
    std::vector<std::string> orders;
    for (int i = 0; i < 60; ++i) {
        orders.push_back(shop_.place({{glass, 2}}));
    }
    shop_.reserve(orders);
    EXPECT_EQ(shop_.count("orders WHERE status = 'confirmed'"), 50);
    EXPECT_EQ(shop_.count("orders WHERE status = 'rejected'"), 10);
    EXPECT_EQ(shop_.stock(glass), 0);
    EXPECT_EQ(shop_.count("domain_events WHERE type = 'inventory.updated'"), 1);
    EXPECT_EQ(shop_.status(orders[49]), "confirmed");
    EXPECT_EQ(shop_.status(orders[50]), "rejected");
    EXPECT_TRUE(shop_.movements_add_up());
}

TEST_F(InventoryConsumerSpec, takes_a_release_as_a_cancellation_and_restores_the_stock_once) {
    const std::string glass = shop_.product(10);
    const std::string order = shop_.place({{glass, 4}});
    shop_.reserve({order});
    Records release;
    release.add("STOCK_RELEASE_REQUEST", release_request(order));
    release.add("STOCK_RELEASE_REQUEST", release_request(order));
    consume(release);
    consume(release);

    EXPECT_EQ(shop_.status(order), "cancelled");
    EXPECT_EQ(shop_.stock(glass), 10);
    EXPECT_EQ(shop_.count("stock_movements WHERE kind = 'release'"), 1);
    EXPECT_EQ(
        shop_.count("domain_events WHERE type = 'order.cancelled' AND payload->>'reason' = "
                    "'warehouse' AND (payload->>'restocked')::boolean"),
        1
    );
}

TEST_F(InventoryConsumerSpec, folds_reservation_and_release_of_one_batch) {
    const std::string glass = shop_.product(10);
    const std::string order = shop_.place({{glass, 4}});
    Records records;
    records.add("STOCK_RESERVE_REQUEST", reserve_request(order));
    records.add("STOCK_RELEASE_REQUEST", release_request(order));
    consume(records);
    EXPECT_EQ(shop_.status(order), "cancelled");
    EXPECT_EQ(shop_.database.value("SELECT order_version FROM orders"), "3");
    EXPECT_EQ(shop_.count("stock_movements WHERE order_id IS NOT NULL"), 2);
    EXPECT_EQ(
        shop_.database.value("SELECT string_agg(type || version, ' ' ORDER BY version) "
                             "FROM domain_events WHERE order_id IS NOT NULL"),
        "order.created1 order.updated2 order.cancelled3"
    );
}

TEST_F(InventoryConsumerSpec, names_the_record_whose_order_does_not_exist_and_writes_nothing) {
    const std::string glass = shop_.product(10);
    const std::string order = shop_.place({{glass, 4}});
    const std::string nobody = new_uuid();
    Records records;
    records.add("STOCK_RESERVE_REQUEST", reserve_request(order));
    records.add("STOCK_RESERVE_REQUEST", reserve_request(nobody));
    try {
        consume(records);
        FAIL() << "nothing was thrown";
    } catch (const carafe::MessageError& error) {
        EXPECT_EQ(error.offset(), 1);
        EXPECT_EQ(std::string(error.what()), "order " + nobody + " does not exist");
    }
    EXPECT_EQ(shop_.status(order), "pending");
}

TEST_F(InventoryConsumerSpec, cannot_decode_garbage) {
    const std::string id = new_uuid();
    const std::vector<std::pair<std::string, std::string>> garbage{
        {"STOCK_RESERVE_REQUEST", "{"},
        {"STOCK_RESERVE_REQUEST", "[]"},
        {"STOCK_RESERVE_REQUEST", "{}"},
        {"STOCK_RESERVE_REQUEST", R"({"order_id":7})"},
        {"STOCK_RESERVE_REQUEST", R"({"order_id":"7"})"},
        {"STOCK_RESERVE_REQUEST.v2", reserve_request(id)},
        {"ORDER_STATUS_CHANGE", reserve_request(id)},
        {"", reserve_request(id)},
        {"STOCK_RESERVE_REQUEST", std::string(100'000, '[')},
        {"STOCK_RESERVE_REQUEST", "{\"order_id\":\"\xff\"}"}};
    for (const auto& [type, body] : garbage) {
        Records records;
        records.add(type, body);
        EXPECT_THROW(consume(records), carafe::UndecodableError) << type << body.substr(0, 60);
    }
}

TEST_F(InventoryConsumerSpec, reads_the_type_from_the_body_when_there_is_no_header) {
    const std::string glass = shop_.product(10);
    const std::string order = shop_.place({{glass, 1}});
    Records records;
    records.add(
        "", R"({"event_type":"STOCK_RESERVE_REQUEST","unknown":1,"order_id":")" + order + R"("})"
    );
    consume(records);
    EXPECT_EQ(shop_.status(order), "confirmed");
}

// 8 writers, each its own batches of orders for one product, some cancelled at once.
TEST_F(InventoryConsumerSpec, never_oversells_a_hot_product_under_concurrency) {
    constexpr int kThreads = 8;
    constexpr int kOrdersEach = 40;
    const std::string hot = shop_.product(200);
    const std::string other = shop_.product(100'000);
    std::vector<std::vector<std::string>> orders(kThreads);
    for (auto& mine : orders) {
        for (int i = 0; i < kOrdersEach; ++i) {
            mine.push_back(
                i % 2 == 0 ? shop_.place({{hot, 1}, {other, 1}})
                           : shop_.place({{other, 1}, {hot, 1}})
            );
        }
    }
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([this, &mine = orders[static_cast<std::size_t>(thread)]] {
            for (std::size_t at = 0; at < mine.size(); at += 10) {
                shop_.reserve(
                    {mine.begin() + static_cast<long>(at),
                     mine.begin() + static_cast<long>(at + 10)}
                );
                Records cancel;
                cancel.add("ORDER_STATUS_CHANGE", status_change(mine[at], "cancelled", new_uuid()));
                shop_.consume<OrderConsumer>(cancel);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(shop_.count("orders WHERE status = 'pending'"), 0);
    EXPECT_EQ(shop_.stock(hot) + shop_.count("orders WHERE status = 'confirmed'"), 200);
    EXPECT_GT(shop_.count("orders WHERE status = 'rejected'"), 0);
    EXPECT_TRUE(shop_.movements_add_up());
}

}  // namespace
