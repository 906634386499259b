// What no client should send, each with the field that the answer must point at: none is taken, and
// nothing is written.
#include "integration/shop/hostile_input.h"

namespace {

using namespace shop;
using namespace shop::specs;
using carafe::http::spec::Reply;

TEST_F(HostileInput, in_whole_bodies_is_refused) {
    const std::string before = books();
    for (const Form& form :
         {orders_,
          products_,
          product_change_,
          adjustments_,
          users_,
          sessions_,
          change_,
          request_}) {
        for (const char* body :
             {"",
              " ",
              "null",
              "true",
              "1",
              "\"x\"",
              "[]",
              "[{}]",
              "\xef\xbb\xbf{}",
              "{",
              "}",
              "{}{}",
              "{} x",
              "a=1&b=2",
              "<a/>",
              "---\na: 1",
              "\x1f\x8b\x08"}) {
            const Reply reply = wire_.send(bytes(form, body));
            ++cases_;
            EXPECT_EQ(reply.status, 400) << form.target << " " << body;
            EXPECT_NE(reply.body.find("\"pointer\":\"\""), std::string::npos)
                << form.target << " " << body << reply.body;
        }
        for (const std::size_t depth : {33U, 1000U, 30'000U}) {
            const std::string deep =
                R"({"items":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
            const Reply reply = wire_.send(bytes(form, deep));
            ++cases_;
            EXPECT_EQ(reply.status, 400) << form.target << " " << depth;
            EXPECT_EQ(pointers_of(reply).substr(0, 6), "/items") << form.target << reply.body;
        }
        ++cases_;
        EXPECT_EQ(wire_.send(bytes(form, "{}" + std::string(64UL * 1024 - 1, ' '))).status, 413)
            << form.target;
    }
    EXPECT_GE(cases_, 150);
    EXPECT_EQ(books(), before);
}

TEST_F(HostileInput, in_products_and_stock_is_refused) {
    const std::string before = books();
    const std::string draft =
        R"({"sku":"S","name":"N","price":{"amount_minor":1,"currency":"USD"},"stock":1,)";
    const auto product_with = [](const std::string& field) {
        std::string text = "{";
        for (const auto& [name, good] : std::vector<std::pair<std::string, std::string>>{
                 {"sku", "\"S\""},
                 {"name", "\"N\""},
                 {"stock", "1"},
                 {"price", R"({"amount_minor":1,"currency":"USD"})"}}) {
            text += (text.size() > 1 ? "," : "") + in_quotes(name) + ":" +
                    (name == field ? kPlace : good);
        }
        return text + "}";
    };
    refuses_values(products_, product_with("sku"), "/sku", texts_outside({1, 64, true}));
    refuses_values(products_, product_with("name"), "/name", texts_outside({1, 200, true}));
    refuses_values(products_, product_with("stock"), "/stock", integers_outside(0, 1'000'000'000));
    refuses_values(
        products_,
        draft + R"("description":<?>})",
        "/description",
        texts_outside({0, 5000, false, true})
    );
    refuses_values(
        products_, draft + R"("category":<?>})", "/category", texts_outside({0, 100, true, true})
    );
    refuses_no_json(products_, product_with("name"), "/name");
    const std::string price =
        R"({"sku":"S","name":"N","stock":1,"price":{"amount_minor":<?>,"currency":"USD"}})";
    refuses_values(products_, price, "/price/amount_minor", integers_outside(0, 1'000'000'000'000));
    const std::string currency =
        R"({"sku":"S","name":"N","stock":1,"price":{"amount_minor":1,"currency":<?>}})";
    refuses_values(
        products_,
        currency,
        "/price/currency",
        texts({"usd", "US", "USDX", "US ", "U$D", "123", "\xe2\x82\xac"})
    );
    refuses_fields(
        products_,
        R"({"sku":"S","name":"N","stock":1,"price":{"amount_minor":1,"currency":"USD"}<?>})",
        "",
        {"id",
         "version",
         "stock_version",
         "in_stock",
         "archived_at",
         "created_at",
         "price_minor",
         "Sku",
         "isAdmin"}
    );
    refuses_fields(
        product_change_,
        R"({"name":"N"<?>})",
        "",
        {"sku", "stock", "id", "version", "archived_at", "quantity", "created_at", "stockVersion"}
    );
    refuses_values(product_change_, R"({"name":<?>})", "/name", texts_outside({1, 200, true}));
    refuses_values(
        product_change_, R"({"description":<?>})", "/description", texts_outside({0, 5000, false})
    );
    refuses_values(
        product_change_,
        R"({"price":{"amount_minor":<?>,"currency":"USD"}})",
        "/price/amount_minor",
        integers_outside(0, 1'000'000'000'000)
    );
    refuses(bytes(product_change_, "{}"), "", "nothing to change");
    refuses_values(
        adjustments_,
        R"({"delta":<?>,"reason":"r"})",
        "/delta",
        integers_outside(-1'000'000, 1'000'000)
    );
    refuses_values(
        adjustments_, R"({"delta":1,"reason":<?>})", "/reason", texts_outside({1, 200, true})
    );
    refuses_fields(
        adjustments_,
        R"({"delta":1,"reason":"r"<?>})",
        "",
        {"quantity", "id", "kind", "order_id", "product_id", "at", "stock"}
    );
    refuses(bytes(adjustments_, R"({"delta":0,"reason":"r"})"), "/delta", "no change");
    refuses(
        bytes(
            {"POST", "/inventory/" + empty_ + "/adjustments", true}, R"({"delta":-1,"reason":"r"})"
        ),
        "/delta",
        "less than nothing"
    );
    EXPECT_GE(cases_, 200);
    EXPECT_EQ(books(), before);
}

TEST_F(HostileInput, in_accounts_is_refused) {
    const std::string before = books();
    const std::string email = R"({"email":<?>,"password":"0123456789","name":"N"})";
    refuses_values(
        users_,
        email,
        "/email",
        texts(
            {"",
             "a",
             "@",
             "a@",
             "@b",
             "a b@c.de",
             "a@b c.de",
             "a@b@c",
             "a@.b",
             "a@b.",
             "a@b..c",
             "a@-b.c",
             "a@b-.c",
             "a@b_c.de",
             "<a@b.c>",
             "a@b.c,d@e.f",
             R"(a@b.c\n)",
             R"(a@b.c\r\nBcc: x@y.z)",
             R"(\u0000a@b.c)",
             "\xc3\xa4@b.c",
             "a@\xc3\xa4.de",
             R"(\"a\"@b.c)",
             "a@[127.0.0.1]",
             "a@" + std::string(64, 'b') + ".c",
             std::string(250, 'a') + "@b.cd",
             "mailto:a@b.c",
             "a(comment)@b.c"}
        )
    );
    refuses_values(
        users_,
        R"({"email":"a@b.c","password":<?>,"name":"N"})",
        "/password",
        texts_outside({10, 1024, false})
    );
    refuses_values(
        users_,
        R"({"email":"a@b.c","password":"0123456789","name":<?>})",
        "/name",
        texts_outside({1, 200, true})
    );
    refuses_fields(
        users_,
        R"({"email":"a@b.c","password":"0123456789","name":"N"<?>})",
        "",
        {"role",
         "id",
         "is_admin",
         "admin",
         "isAdmin",
         "token_version",
         "password_hash",
         "passwordHash",
         "orders_per_minute",
         "verified",
         "created_at",
         "roles",
         "Role",
         "__proto__"}
    );
    refuses_values(
        sessions_, R"({"email":<?>,"password":"x"})", "/email", texts_outside({1, 254, false})
    );
    refuses_values(
        sessions_,
        R"({"email":"a@b.c","password":<?>})",
        "/password",
        texts_outside({1, 1024, false})
    );
    refuses_fields(
        sessions_,
        R"({"email":"a@b.c","password":"x"<?>})",
        "",
        {"role", "token", "expires_at", "ttl", "user_id", "remember"}
    );
    EXPECT_GE(cases_, 100);
    EXPECT_EQ(books(), before);
}

}  // namespace
