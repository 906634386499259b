#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>
#include <set>
#include <thread>

#include "app/models/uuid.h"
#include "integration/shop/web_fixture.h"

namespace {

using namespace shop;
using namespace shop::specs;

class OrdersHttp : public ::testing::Test {
protected:
    static std::string items(const std::string& product, const std::string& quantity) {
        return R"({"items":[{"product_id":")" + product + R"(","quantity":)" + quantity + "}]}";
    }
    Answer place(const std::string& body, const std::string& key = "") {
        Call call{"POST", "/orders", body, web_.customer(), {}, {}};
        if (!key.empty()) {
            call.headers["idempotency-key"] = key;
        }
        return web_.call(call);
    }
    Answer get(const std::string& path, const std::string& token) {
        return web_.call({"GET", path, "", token, {}, {}});
    }

    Web web_;
    Shop& shop_ = web_.shop;
    std::string glass_ = shop_.product(10);
};

TEST_F(OrdersHttp, places_a_pending_order_with_prices_of_the_catalogue) {
    const std::string beans = shop_.product(5);
    const Answer answer = place(
        R"({"items":[{"product_id":")" + glass_ + R"(","quantity":2},{"product_id":")" + beans +
        R"(","quantity":1},{"product_id":")" + glass_ +
        R"(","quantity":3.0}],"shipping_address":{"name":"Ada","line1":"1 Dorset St",)" +
        R"("city":"London","postal_code":"W1","country":"GB"}})"
    );
    ASSERT_EQ(answer.status, 201) << boost::json::serialize(answer.body);
    EXPECT_EQ(answer.headers.at("Location"), "/orders/" + answer.at("/id"));
    EXPECT_EQ(answer.at("/status"), "pending");
    EXPECT_EQ(answer.at("/order_number").substr(0, 4), "ORD-");
    EXPECT_EQ(answer.at("/items/0/quantity"), "5") << "the same product twice is merged";
    EXPECT_EQ(answer.at("/items/1/product_id"), beans);
    EXPECT_EQ(answer.at("/total/amount_minor"), "1500");
    EXPECT_EQ(answer.at("/total/currency"), "USD");
    EXPECT_EQ(answer.at("/shipping_address/country"), "GB");
    EXPECT_EQ(answer.at("/order_version"), "1");
    EXPECT_EQ(get("/orders/" + answer.at("/id"), web_.customer()).body, answer.body);
}

TEST_F(OrdersHttp, writes_event_and_outbox_rows_in_the_same_statement) {
    const std::string id = place(items(glass_, "2")).at("/id");
    EXPECT_EQ(
        shop_.count(
            "domain_events WHERE type = 'order.created' AND version = 1 AND "
            "payload->>'status' = 'pending' AND order_id = '" +
            id + "'"
        ),
        1
    );
    EXPECT_EQ(
        shop_.database.value(
            "SELECT string_agg(topic, ' ' ORDER BY topic) FROM outbox WHERE "
            "convert_from(key, 'UTF8') = '" +
            id + "'"
        ),
        "inventory order.created"
    );
    EXPECT_EQ(
        shop_.database.value("SELECT count(DISTINCT substr(pair->>1, 1, 35)) FROM outbox, "
                             "jsonb_array_elements(headers) pair WHERE pair->>0 = 'traceparent'"),
        "1"
    ) << "both records belong to one trace";
    EXPECT_EQ(
        shop_.database.value("SELECT event_id::text = (SELECT pair->>1 FROM outbox, "
                             "jsonb_array_elements(headers) pair WHERE topic = 'order.created' AND "
                             "pair->>0 = 'ce_id') FROM domain_events"),
        "t"
    );
}

TEST_F(OrdersHttp, answers_422_with_pointers_for_what_cannot_be_ordered) {
    const std::string euro = shop_.product(5, "EUR");
    const std::string archived = shop_.product(5);
    shop_.database.execute("UPDATE products SET archived_at = now() WHERE id = '" + archived + "'");
    const auto line = [](const std::string& product) {
        return R"({"product_id":")" + product + R"(","quantity":1})";
    };
    const Answer answer = place(
        R"({"items":[)" + line(glass_) + "," + line(glass_) + "," + line(archived) + "," +
        line(euro) + "," + line(new_uuid()) + "]}"
    );
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(answer.pointers(), "/items/2/product_id /items/3/product_id /items/4/product_id");
    EXPECT_EQ(shop_.count("orders"), 0);
    EXPECT_EQ(shop_.count("outbox"), 0);
}

TEST_F(OrdersHttp, answers_400_with_pointers_for_what_it_cannot_read) {
    const std::string good = R"({"product_id":")" + glass_ + R"(","quantity":1})";
    const std::vector<std::pair<std::string, std::string>> table{
        {"", ""},
        {"[]", ""},
        {"{}", "/items"},
        {R"({"items":[]})", "/items"},
        {R"({"items":[7]})", "/items/0"},
        {R"({"items":[{"product_id":"7","quantity":1}]})", "/items/0/product_id"},
        {items(glass_, "0"), "/items/0/quantity"},
        {items(glass_, "10001"), "/items/0/quantity"},
        {items(glass_, "1.5"), "/items/0/quantity"},
        {items(glass_, "\"1\""), "/items/0/quantity"},
        {items(glass_, "99999999999999999999"), "/items/0/quantity"},
        {items(glass_, "null"), "/items/0/quantity"},
        {R"({"items":[)" + good + R"(],"status":"confirmed"})", "/status"},
        {R"({"items":[)" + good + R"(],"shippingAddress":{}})", "/shippingAddress"},
        {R"({"items":[)" + good + R"(],"items":[]})", "/items"},
        {R"({"items":[)" + good + R"(],"user_id":"me"})", "/user_id"},
        {R"({"items":[)" + good +
             R"(],"shipping_address":{"name":"A","line1":"B","city":"C",)"
             R"("postal_code":"D","country":"Germany"}})",
         "/shipping_address/country"},
        {R"({"items":[)" + good +
             R"(],"shipping_address":{"name":"A\u0000","line1":"B",)"
             R"("city":"C","postal_code":"D","country":"DE"}})",
         "/shipping_address/name"},
        {R"({"items":[{"product_id":")" + glass_ + R"(","quantity":9999},)" + R"({"product_id":")" +
             glass_ + R"(","quantity":2}]})",
         "/items/1/quantity"},
    };
    for (const auto& [body, pointers] : table) {
        const Answer answer = place(body);
        EXPECT_EQ(answer.status, 400) << body;
        EXPECT_EQ(answer.pointers(), pointers) << body;
    }
    EXPECT_EQ(shop_.count("orders"), 0);
}

TEST_F(OrdersHttp, names_the_snake_case_field_when_a_body_is_written_in_camel_case) {
    const Answer answer = place(R"({"items":[{"productId":"x","quantity":1}]})");
    EXPECT_EQ(answer.status, 400);
    EXPECT_NE(boost::json::serialize(answer.body).find("use product_id"), std::string::npos);
}

TEST_F(OrdersHttp, replays_the_first_response_for_the_same_idempotency_key) {
    const Answer first = place(items(glass_, "2"), "key-1");
    shop_.reserve({first.at("/id")});
    const Answer again = place(items(glass_, "2"), "key-1");
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.body, first.body) << "the first response, though the order is confirmed now";
    EXPECT_EQ(again.headers.at("Idempotent-Replayed"), "true");
    EXPECT_EQ(first.headers.count("Idempotent-Replayed"), 0U);
    EXPECT_EQ(place(items(glass_, "3"), "key-1").status, 422);
    EXPECT_EQ(place(items(glass_, "2"), "key-2").status, 201);
    EXPECT_EQ(shop_.count("orders"), 2);
}

TEST_F(OrdersHttp, keeps_no_key_for_an_order_that_was_refused) {
    EXPECT_EQ(place(items(new_uuid(), "2"), "key-1").status, 422);
    EXPECT_EQ(place(items(glass_, "2"), "key-1").status, 201);
}

TEST_F(OrdersHttp, forgets_a_key_after_a_day) {
    place(items(glass_, "2"), "key-1");
    shop_.database.execute(
        "UPDATE idempotency_keys SET created_at = created_at - interval '25 hours'"
    );
    const Answer later = place(items(glass_, "3"), "key-1");
    EXPECT_EQ(later.status, 201);
    EXPECT_EQ(later.headers.count("Idempotent-Replayed"), 0U);
}

TEST_F(OrdersHttp, places_one_order_for_parallel_requests_with_one_key) {
    std::vector<std::thread> threads;
    std::atomic<int> created = 0;
    std::mutex mutex;
    std::set<std::string> bodies;
    for (int i = 0; i < 12; ++i) {
        threads.emplace_back([&] {
            const Answer answer = place(items(glass_, "1"), "parallel");
            const std::lock_guard lock(mutex);
            created += answer.status == 201 ? 1 : 0;
            bodies.insert(boost::json::serialize(answer.body));
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(created, 12);
    EXPECT_EQ(bodies.size(), 1U);
    EXPECT_EQ(shop_.count("orders"), 1);
    EXPECT_EQ(shop_.count("outbox"), 2);
}

TEST_F(OrdersHttp, answers_409_while_the_first_request_with_a_key_is_under_way) {
    const auto connection = shop_.database.connect();
    pqxx::work first(*connection);
    first.exec(
        "INSERT INTO idempotency_keys VALUES ('" + shop_.customer + "', 'slow', 'x', '" +
        new_uuid() + "', now())"
    );
    place(items(glass_, "1"));  // opens a connection: that shall not count
    const Answer second = place(items(glass_, "1"), "slow");
    EXPECT_EQ(second.status, 409);
    EXPECT_EQ(second.headers.at("Retry-After"), "1");
}

TEST_F(OrdersHttp, lists_pages_that_do_not_overlap) {
    std::set<std::string> placed;
    for (int i = 0; i < 5; ++i) {
        placed.insert(shop_.place({{glass_, 1}}));
    }
    std::set<std::string> seen;
    std::string cursor;
    int pages = 0;
    do {
        Call call{"GET", "/api/orders", "", web_.customer(), {}, {{"limit", "2"}}};
        if (!cursor.empty()) {
            call.query["cursor"] = cursor;
        }
        const Answer answer = web_.call(call);
        ASSERT_EQ(answer.status, 200);
        for (const auto& order : answer.body.at("data").as_array()) {
            EXPECT_TRUE(seen.insert(boost::json::value_to<std::string>(order.at("id"))).second);
        }
        cursor = answer.at("/next_cursor") == "null" ? "" : answer.at("/next_cursor");
        EXPECT_EQ(answer.headers.count("Link"), cursor.empty() ? 0U : 1U);
        ++pages;
    } while (!cursor.empty() && pages < 10);
    EXPECT_EQ(seen, placed);
    EXPECT_EQ(pages, 3);
}

TEST_F(OrdersHttp, filters_lists_and_names_a_bad_filter) {
    shop_.reserve({shop_.place({{glass_, 1}})});
    shop_.place({{glass_, 1}});
    const auto count = [&](const std::string& name, const std::string& value) {
        const Answer answer = web_.call({"GET", "/orders", "", web_.admin(), {}, {{name, value}}});
        return answer.status == 200 ? static_cast<int>(answer.body.at("data").as_array().size())
                                    : -answer.status;
    };
    EXPECT_EQ(count("status", "CONFIRMED"), 1);
    EXPECT_EQ(count("status", "1"), 1);
    EXPECT_EQ(count("user_id", shop_.customer), 2);
    EXPECT_EQ(count("user_id", shop_.admin), 0);
    EXPECT_EQ(count("q", "ord-0"), 2);
    EXPECT_EQ(count("from", "2020-02-29"), 2);
    EXPECT_EQ(count("to", "2020-02-29T10:00:00Z"), 0);
    for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
             {"status", "gone"},
             {"user_id", "me"},
             {"from", "2021-02-29"},
             {"to", "yesterday"},
             {"limit", "0"},
             {"limit", "101"},
             {"limit", "1x"},
             {"cursor", "abc"}}) {
        EXPECT_EQ(count(name, value), -400) << name << "=" << value;
    }
}

}  // namespace
