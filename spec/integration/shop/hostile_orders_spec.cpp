// What no client should send, each with the field that the answer must point at: none is taken, and
// nothing is written.
#include "integration/shop/hostile_input.h"

namespace {

using namespace shop;
using namespace shop::specs;
using carafe::http::spec::Reply;

TEST_F(HostileInput, in_orders_is_refused) {
    const std::string before = books();
    const std::string quantity =
        R"({"items":[{"product_id":")" + product_ + R"(","quantity":<?>}]})";
    refuses_values(orders_, quantity, "/items/0/quantity", integers_outside(1, 10'000));
    refuses_no_json(orders_, quantity, "/items/0/quantity");
    const std::string product = R"({"items":[{"product_id":<?>,"quantity":1}]})";
    refuses_values(orders_, product, "/items/0/product_id", no_uuids(false));
    refuses_values(orders_, order(R"(,"user_id":<?>)"), "/user_id", no_uuids(true));
    for (const char* field : {"name", "line1", "city", "postal_code"}) {
        refuses_values(
            orders_,
            order(R"(,"shipping_address":)" + address(field, kPlace)),
            std::string("/shipping_address/") + field,
            texts_outside({1, 200, true})
        );
    }
    refuses_values(
        orders_,
        order(R"(,"shipping_address":)" + address("line2", kPlace)),
        "/shipping_address/line2",
        texts_outside({0, 200, true, true})
    );
    refuses_values(
        orders_,
        order(R"(,"shipping_address":)" + address("country", kPlace)),
        "/shipping_address/country",
        texts(
            {"de",
             "De",
             "DEU",
             "D",
             "ZZ",
             "XX",
             "UK",
             "EU",
             "D ",
             " D",
             "E A",
             "12",
             "\xc3\x84\xc3\x96"}
        )
    );
    for (const char* bad : {"1", "\"x\"", "[]", "true"}) {
        refuses(
            bytes(orders_, order(std::string(R"(,"shipping_address":)") + bad)),
            "/shipping_address",
            "no object"
        );
        refuses(
            bytes(orders_, R"({"items":)" + std::string(bad[0] == '[' ? "{}" : bad) + "}"),
            "/items",
            "no array"
        );
    }
    refuses_fields(
        orders_,
        order(kPlace),
        "",
        {"id",
         "order_number",
         "status",
         "total",
         "payment",
         "payment_status",
         "order_version",
         "created_at",
         "updated_at",
         "cancelled_at",
         "rejection",
         "customer",
         "currency",
         "discount",
         "userId",
         "shippingAddress",
         "Items",
         "ITEMS",
         "__proto__",
         "constructor",
         "toString",
         "a/b",
         "a~b",
         "",
         " items",
         "items ",
         "it\xc3\xa9ms"}
    );
    const std::string item = R"({"items":[{"product_id":")" + product_ + R"(","quantity":1<?>}]})";
    refuses_fields(
        orders_,
        item,
        "/items/0",
        {"price",
         "unit_price",
         "unit_price_minor",
         "amount_minor",
         "sku",
         "name",
         "currency",
         "discount",
         "total",
         "productId",
         "Quantity",
         "position"}
    );
    refuses_fields(
        orders_,
        order(
            R"(,"shipping_address":{"name":"x","line1":"x","city":"x","postal_code":"x","country":"DE"<?>})"
        ),
        "/shipping_address",
        {"user_id", "postalCode", "id", "lat", "country_code"}
    );
    for (const char* twice : {"items", "user_id", "shipping_address"}) {
        refuses(
            bytes(
                orders_,
                R"({"items":[],"user_id":null,"shipping_address":null,")" + std::string(twice) +
                    R"(":null})"
            ),
            "/" + std::string(twice),
            "there twice"
        );
    }
    refuses(
        bytes(orders_, R"({"items":[{"quantity":1,"quantity":2}]})"),
        "/items/0/quantity",
        "there twice"
    );
    std::string many = line();
    for (int i = 0; i < 100; ++i) {
        many += "," + line();
    }
    refuses(bytes(orders_, R"({"items":[)" + many + "]}"), "/items", "101 lines");
    refuses(
        bytes(orders_, R"({"items":[)" + line("9999") + "," + line("2") + "]}"),
        "/items/1/quantity",
        "too many together"
    );
    refuses(
        bytes(orders_, R"({"items":[{"product_id":")" + new_uuid() + R"(","quantity":1}]})"),
        "/items/0/product_id",
        "unknown product"
    );
    refuses(
        bytes(orders_, R"({"items":[)" + line() + R"(],"user_id":")" + shop_.admin + "\"}"),
        "",
        "somebody else's"
    );
    EXPECT_GE(cases_, 200);
    EXPECT_EQ(books(), before);
}

TEST_F(HostileInput, in_changes_of_status_is_refused) {
    const std::string before = books();
    for (const Form& form : {change_, request_}) {
        HostileValues bad = texts(
            {"",
             "0",
             "8",
             "01",
             "1 ",
             " 1",
             "1.0",
             "PENDINGS",
             "pend",
             "canceled",
             "confirmed;--",
             "pending,shipped",
             "\xc4\xb1"}
        );
        for (const char* text :
             {"0", "8", "-1", "1.5", "1e9", "null", "true", "[]", "{}", R"(["pending"])"}) {
            bad.push_back({text, "no status"});
        }
        refuses_values(form, R"({"status":<?>})", "/status", bad);
        refuses_fields(
            form,
            R"({"status":"processing"<?>})",
            "",
            {"payment", "order_version", "force", "user_id", "command_id"}
        );
        refuses(bytes(form, R"({"status":"rejected"})"), "", "set by the system");
        refuses(bytes(form, R"({"status":"delivered"})"), "", "not from here");
    }
    refuses_fields(cancel_, R"({"a":1<?>})", "", {});
    for (const char* body :
         {R"({"status":"delivered"})", R"({"refund":1})", "[]", "x", R"({"reason":"r"})"}) {
        ++cases_;
        EXPECT_EQ(wire_.send(bytes(cancel_, body)).status, 400) << body;
    }
    EXPECT_GE(cases_, 50);
    EXPECT_EQ(books(), before);
}

}  // namespace
