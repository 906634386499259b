#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "app/models/uuid.h"
#include "integration/shop/web_fixture.h"

namespace {

using namespace shop;
using namespace shop::specs;

class ProductsHttp : public ::testing::Test {
protected:
    Answer admin(
        const std::string& method,
        const std::string& path,
        const std::string& body = "",
        std::map<std::string, std::string> headers = {}
    ) {
        return web_.call({method, path, body, web_.admin(), std::move(headers), {}});
    }
    Answer get(const std::string& path, std::map<std::string, std::string> query = {}) {
        return web_.call({"GET", path, "", web_.admin(), {}, std::move(query)});
    }
    Answer create(const std::string& sku, int stock = 5) {
        return admin(
            "POST",
            "/products",
            R"({"sku":")" + sku +
                R"(","name":"Cup","price":{"amount_minor":700,"currency":"USD"},"stock":)" +
                std::to_string(stock) + "}"
        );
    }
    // The events of a product: what was announced, and what waits for the relay.
    [[nodiscard]] std::string events(const std::string& id) const {
        return shop_.database.value(
            "SELECT string_agg(type || version, ' ' ORDER BY xid, version) FROM domain_events "
            "WHERE product_id = '" +
            id + "'"
        );
    }
    [[nodiscard]] std::string queued(const std::string& id) const {
        return shop_.database.value(
            "SELECT string_agg(topic, ' ' ORDER BY id) FROM outbox WHERE convert_from(key, 'UTF8') "
            "= '" +
            id + "'"
        );
    }

    Web web_;
    Shop& shop_ = web_.shop;
};

TEST_F(ProductsHttp, adds_a_product_with_its_stock_and_announces_it) {
    const Answer answer = create("CUP-1", 5);
    ASSERT_EQ(answer.status, 201) << answer.text;
    const std::string id = answer.at("/id");
    EXPECT_EQ(answer.headers.at("Location"), "/products/" + id);
    EXPECT_EQ(answer.headers.at("ETag"), "\"1-1\"");
    EXPECT_EQ(answer.at("/price/amount_minor"), "700");
    EXPECT_EQ(answer.at("/in_stock"), "true");
    EXPECT_EQ(get("/products/" + id).body, answer.body);
    EXPECT_EQ(events(id), "product.created1");
    EXPECT_EQ(queued(id), "product.created");
    EXPECT_TRUE(shop_.movements_add_up());
}

TEST_F(ProductsHttp, has_each_sku_once) {
    create("CUP-1");
    const Answer again = create("CUP-1");
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.pointers(), "/sku");
    EXPECT_EQ(shop_.count("products"), 1);
}

TEST_F(ProductsHttp, is_changed_only_by_who_knows_it) {
    const Answer product = create("CUP-1");
    const std::string path = "/products/" + product.at("/id");
    const std::string tag = product.headers.at("ETag");
    const std::string name = R"({"name":"Mug"})";
    EXPECT_EQ(admin("PATCH", path, name).status, 428);
    EXPECT_EQ(admin("PATCH", path, name, {{"if-match", "\"2-1\""}}).status, 412);
    const Answer changed = admin("PATCH", path, name, {{"if-match", tag}});
    EXPECT_EQ(changed.status, 200) << changed.text;
    EXPECT_EQ(changed.at("/name"), "Mug");
    EXPECT_EQ(changed.at("/price/amount_minor"), "700") << "what was not named stays";
    EXPECT_EQ(changed.headers.at("ETag"), "\"2-1\"");
    EXPECT_EQ(admin("PATCH", path, name, {{"if-match", tag}}).status, 412) << "no longer";
    EXPECT_EQ(events(product.at("/id")), "product.created1 product.updated2");
    EXPECT_EQ(queued(product.at("/id")), "product.created product.updated");
}

TEST_F(ProductsHttp, can_be_changed_while_it_sells) {
    const Answer product = create("CUP-1");
    const std::string id = product.at("/id");
    shop_.reserve({shop_.place({{id, 1}})});
    EXPECT_EQ(get("/products/" + id).headers.at("ETag"), "\"1-2\"");
    EXPECT_EQ(
        admin(
            "PATCH",
            "/products/" + id,
            R"({"category":"c"})",
            {{"if-match", product.headers.at("ETag")}}
        ).status,
        200
    );
}

TEST_F(ProductsHttp, archives_a_product_which_then_is_gone_for_everybody) {
    const std::string id = create("CUP-1").at("/id");
    const std::string order = shop_.place({{id, 1}});
    EXPECT_EQ(admin("DELETE", "/products/" + id, "", {{"if-match", "\"9-1\""}}).status, 412);
    EXPECT_EQ(admin("DELETE", "/products/" + id).status, 204);
    EXPECT_EQ(admin("DELETE", "/products/" + id).status, 404);
    EXPECT_EQ(get("/products/" + id).status, 404);
    EXPECT_EQ(get("/inventory/" + id).status, 404);
    EXPECT_EQ(
        admin("PATCH", "/products/" + id, R"({"name":"x"})", {{"if-match", "*"}}).status, 404
    );
    EXPECT_TRUE(get("/products").body.at("data").as_array().empty());
    EXPECT_EQ(get("/orders/" + order).at("/items/0/sku"), "CUP-1") << "orders keep what they say";
    EXPECT_EQ(events(id), "product.created1 product.updated2");
}

TEST_F(ProductsHttp, moves_stock_by_hand_and_never_below_nothing) {
    const std::string id = create("CUP-1", 5).at("/id");
    const std::string path = "/inventory/" + id + "/adjustments";
    const Answer lost = admin("POST", path, R"({"delta":-2,"reason":"broken"})");
    ASSERT_EQ(lost.status, 201) << lost.text;
    EXPECT_EQ(lost.at("/kind"), "adjust");
    EXPECT_EQ(lost.at("/quantity"), "-2");
    EXPECT_EQ(lost.at("/reason"), "broken");
    const Answer level = get("/inventory/" + id);
    EXPECT_EQ(level.at("/quantity"), "3");
    EXPECT_EQ(level.at("/low_stock"), "true");
    EXPECT_EQ(level.at("/stock_version"), "2");
    const Answer too_much = admin("POST", path, R"({"delta":-4,"reason":"broken"})");
    EXPECT_EQ(too_much.status, 422);
    EXPECT_EQ(too_much.pointers(), "/delta");
    EXPECT_EQ(shop_.stock(id), 3);
    EXPECT_TRUE(shop_.movements_add_up());
    EXPECT_EQ(queued(id), "product.created inventory.updated");
    EXPECT_EQ(
        shop_.database.value(
            "SELECT payload->>'cause' || (payload->>'previous_stock') || (payload->>'stock') FROM "
            "domain_events WHERE type = 'inventory.updated'"
        ),
        "adjust53"
    );
    EXPECT_EQ(
        admin("POST", "/inventory/" + new_uuid() + "/adjustments", R"({"delta":1,"reason":"r"})")
            .status,
        404
    );
}

TEST_F(ProductsHttp, counts_what_open_orders_have_taken) {
    const std::string id = create("CUP-1", 50).at("/id");
    shop_.reserve({shop_.place({{id, 3}}), shop_.place({{id, 4}})});
    shop_.place({{id, 5}});  // pending: has taken nothing
    EXPECT_EQ(get("/inventory/" + id).at("/taken_by_open_orders"), "7");
    shop_.database.execute("UPDATE orders SET status = 'shipped' WHERE total_minor = 2100");
    const Answer list = get("/inventory");
    EXPECT_EQ(list.at("/data/0/taken_by_open_orders"), "4");
    EXPECT_EQ(list.at("/data/0/quantity"), "43");
    EXPECT_EQ(list.at("/data/0/low_stock"), "false");
}

TEST_F(ProductsHttp, lists_pages_that_lead_to_the_next) {
    for (int i = 0; i < 5; ++i) {
        create("CUP-" + std::to_string(i));
    }
    for (const char* path : {"/products", "/inventory"}) {
        const Answer first = get(path, {{"limit", "3"}, {"q", "cup-"}});
        ASSERT_EQ(first.status, 200) << first.text;
        EXPECT_EQ(first.body.at("data").as_array().size(), 3U);
        const std::string cursor = first.at("/next_cursor");
        EXPECT_EQ(
            first.headers.at("Link"),
            std::string("<") + path + "?cursor=" + cursor + "&limit=3&q=cup->; rel=\"next\""
        );
        const Answer second = get(path, {{"limit", "3"}, {"cursor", cursor}});
        EXPECT_EQ(second.body.at("data").as_array().size(), 2U);
        EXPECT_EQ(second.at("/next_cursor"), "null");
        EXPECT_EQ(second.headers.count("Link"), 0U);
    }
}

TEST_F(ProductsHttp, tells_what_happened_to_an_order_in_its_order) {
    const std::string id = create("CUP-1", 50).at("/id");
    const std::string order = shop_.place({{id, 3}});
    shop_.reserve({order});
    const Answer events =
        web_.call({"GET", "/orders/" + order + "/events", "", web_.customer(), {}, {}});
    ASSERT_EQ(events.status, 200) << events.text;
    ASSERT_EQ(events.body.at("data").as_array().size(), 2U);
    EXPECT_EQ(events.at("/data/0/type"), "order.created");
    EXPECT_EQ(events.at("/data/0/status"), "pending");
    EXPECT_EQ(events.at("/data/0/previous_status"), "null");
    EXPECT_EQ(events.at("/data/1/order_version"), "2");
    EXPECT_EQ(events.at("/data/1/status"), "confirmed");
    EXPECT_EQ(events.at("/data/1/previous_status"), "pending");
    const Answer first = get("/orders/" + order + "/events", {{"limit", "1"}});
    const Answer rest = get("/orders/" + order + "/events", {{"cursor", first.at("/next_cursor")}});
    EXPECT_EQ(rest.at("/data/0/order_version"), "2");
    EXPECT_EQ(rest.at("/next_cursor"), "null");
}

}  // namespace
