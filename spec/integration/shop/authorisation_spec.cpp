#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "app/models/uuid.h"
#include "integration/shop/web_fixture.h"

namespace {

using namespace shop;
using namespace shop::specs;

// Logs in as `correct horse battery`, the hash of the seeds.
constexpr const char* kHash =
    "$argon2id$v=19$m=65536,t=2,p=1$ZiFFPYmEUxYHzDnadUgMpQ$"
    "tuvbRR8Vq90IO5dTeZCKeUtBdqusQcz4vhXQfXop0bI";

class Authorisation : public ::testing::Test {
protected:
    Authorisation() {
        shop_.database.execute(
            "INSERT INTO users (id, email, name, password_hash) VALUES ('" + other_ +
            "', 'other@example.com', 'Other', 'x'); UPDATE users SET password_hash = '" + kHash +
            "' WHERE email = 'ada@example.com'"
        );
    }

    Answer sign_in(const std::string& email, const std::string& password) {
        return web_.call(
            {"POST",
             "/api/v1/sessions",
             R"({"email":")" + email + R"(","password":")" + password + R"("})",
             "",
             {},
             {}}
        );
    }

    Web web_;
    Shop& shop_ = web_.shop;
    std::string other_ = new_uuid();
    std::string product_ = shop_.product(10);
    std::string order_ = shop_.place({{product_, 1}});
};

// Each route of this issue with each kind of visitor.
TEST_F(Authorisation, gives_each_visitor_what_the_contract_says) {
    const std::string lines = R"({"items":[{"product_id":")" + product_ + R"(","quantity":1}]})";
    const std::string cancel = R"({"status":"cancelled"})";
    const std::string ship = R"({"status":"shipped"})";
    struct Row {
        Call call;
        int nobody, other, owner, admin;
    };
    const std::string path = "/orders/" + order_;
    const std::vector<Row> table{
        {{"GET", "/products", "", "", {}, {}}, 200, 200, 200, 200},
        {{"GET", "/products/" + product_, "", "", {}, {}}, 200, 200, 200, 200},
        {{"GET", "/products/" + new_uuid(), "", "", {}, {}}, 404, 404, 404, 404},
        {{"GET", "/me", "", "", {}, {}}, 401, 200, 200, 200},
        {{"POST", "/orders", lines, "", {}, {}}, 401, 201, 201, 403},
        {{"GET", "/orders", "", "", {}, {}}, 401, 200, 200, 200},
        {{"GET", path, "", "", {}, {}}, 401, 404, 200, 200},
        {{"GET", "/orders/nonsense", "", "", {}, {}}, 401, 404, 404, 404},
        {{"PUT", path + "/update_status", ship, "", {}, {}}, 401, 404, 403, 409},
        {{"PATCH", path + "/status", ship, "", {{"prefer", "wait=0"}}, {}}, 401, 404, 403, 409},
        {{"PUT", path + "/update_status", cancel, "", {}, {}}, 401, 404, 202, 202},
        {{"PATCH", path + "/status", cancel, "", {{"prefer", "wait=0"}}, {}}, 401, 404, 202, 202},
        {{"POST", path + "/cancel", "", "", {{"prefer", "wait=0"}}, {}}, 401, 404, 202, 202},
        {{"DELETE", "/sessions/current", "", "", {}, {}}, 401, 204, 204, 204},
    };
    const std::string other = web_.token_of(other_);
    for (Row row : table) {
        const std::string what = row.call.method + " " + row.call.path;
        const auto status = [&](const std::string& token) {
            row.call.token = token;
            return web_.call(row.call).status;
        };
        EXPECT_EQ(status(""), row.nobody) << what;
        EXPECT_EQ(status(other), row.other) << what;
        EXPECT_EQ(status(web_.customer()), row.owner) << what;
        EXPECT_EQ(status(web_.admin()), row.admin) << what;
    }
}

TEST_F(Authorisation, shows_customers_only_their_own_orders) {
    const auto listed = [&](const std::string& token) {
        return web_.call({"GET", "/orders", "", token, {}, {{"user_id", shop_.customer}}})
            .body.at("data")
            .as_array()
            .size();
    };
    EXPECT_EQ(listed(web_.customer()), 1U);
    EXPECT_EQ(listed(web_.token_of(other_)), 0U);
    EXPECT_EQ(listed(web_.admin()), 1U);
    EXPECT_EQ(
        web_.call({"GET", "/orders/" + order_, "", web_.admin(), {}, {}}).at("/customer/email"),
        "ada@example.com"
    );
}

TEST_F(Authorisation, does_not_place_orders_for_somebody_else) {
    const std::string body =
        R"({"items":[{"product_id":")" + product_ + R"(","quantity":1}],"user_id":")";
    EXPECT_EQ(
        web_.call({"POST", "/orders", body + other_ + "\"}", web_.customer(), {}, {}}).status, 403
    );
    EXPECT_EQ(
        web_.call({"POST", "/orders", body + shop_.customer + "\"}", web_.customer(), {}, {}}
        ).status,
        201
    );
}

TEST_F(Authorisation, signs_in_and_out) {
    const Answer session = sign_in("Ada@Example.com", "correct horse battery");
    ASSERT_EQ(session.status, 201) << boost::json::serialize(session.body);
    EXPECT_EQ(session.at("/user/email"), "ada@example.com");
    EXPECT_EQ(session.at("/user/role"), "user");
    EXPECT_EQ(session.body.at("user").as_object().size(), 4U) << "no hash, no version";
    const std::string token = session.at("/token");
    EXPECT_EQ(web_.call({"GET", "/me", "", token, {}, {}}).status, 200);
    EXPECT_EQ(web_.call({"DELETE", "/sessions/current", "", token, {}, {}}).status, 204);
    EXPECT_EQ(web_.call({"GET", "/me", "", token, {}, {}}).status, 401) << "the token is dead";
}

TEST_F(Authorisation, refuses_a_wrong_password_and_an_unknown_account_alike) {
    const Answer wrong = sign_in("ada@example.com", "incorrect horse");
    const Answer unknown = sign_in("nobody@example.com", "correct horse battery");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(unknown.status, 401);
    EXPECT_EQ(wrong.body, unknown.body);
}

TEST_F(Authorisation, takes_the_cookie_from_our_own_pages_only) {
    const Answer session = sign_in("ada@example.com", "correct horse battery");
    const std::string set = session.headers.at("Set-Cookie");
    EXPECT_NE(set.find("; HttpOnly"), std::string::npos);
    EXPECT_NE(set.find("; SameSite=Strict"), std::string::npos);
    const std::string cookie = "theme=dark; " + set.substr(0, set.find(';'));
    const auto cancel = [&](std::map<std::string, std::string> headers) {
        headers["cookie"] = cookie;
        headers["host"] = "shop.example:3008";
        headers["prefer"] = "wait=0";
        return web_.call({"POST", "/orders/" + order_ + "/cancel", "", "", headers, {}}).status;
    };
    EXPECT_EQ(web_.call({"GET", "/me", "", "", {{"cookie", cookie}}, {}}).status, 200);
    EXPECT_EQ(cancel({{"origin", "http://shop.example:3008"}}), 202);
    EXPECT_EQ(cancel({{"origin", "http://evil.example"}}), 403);
    EXPECT_EQ(cancel({{"origin", "null"}}), 403);
    EXPECT_EQ(cancel({}), 403);
    EXPECT_EQ(
        cancel({{"origin", "http://shop.example:3008"}, {"authorization", "Bearer nonsense"}}), 401
    ) << "a wrong header is not mended by the cookie";
}

TEST_F(Authorisation, believes_the_database_not_the_token_about_the_role) {
    const std::string token = web_.customer();
    shop_.database.execute("UPDATE users SET role = 'admin' WHERE id = '" + shop_.customer + "'");
    const Answer answer = web_.call({"GET", "/me", "", token, {}, {}});
    EXPECT_EQ(answer.at("/role"), "admin");
    EXPECT_EQ(web_.call({"POST", "/orders", "{}", token, {}, {}}).status, 403);
}

TEST_F(Authorisation, refuses_tokens_of_an_older_version) {
    shop_.database.execute("UPDATE users SET token_version = 2");
    EXPECT_EQ(web_.call({"GET", "/me", "", web_.customer(), {}, {}}).status, 401);
    EXPECT_EQ(web_.call({"GET", "/me", "", web_.token_of(shop_.customer, 2), {}, {}}).status, 200);
}

}  // namespace
