// Every route with every kind of visitor, over a socket: nobody, expired, somebody else, the owner,
// an admin, and sixty and more forged tokens. A route that is missing here fails the spec.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "app/models/uuid.h"
#include "integration/shop/ops_requests.h"
#include "integration/shop/wire.h"
#include "support/shop/forged_tokens.h"

namespace {

using namespace shop;
using namespace shop::specs;
using carafe::http::spec::Reply;

// The key of the Web fixture's tokens.
const std::string kSecret(48, 's');

class AuthorisationMatrix : public ::testing::Test {
protected:
    struct Row {
        std::string route;  // as routes/http.cpp says it
        std::function<Bytes()> request;
        int nobody, other, owner, admin;
        // Whether nobody gets the same bytes as everybody.
        bool is_alike = false;
    };

    AuthorisationMatrix() {
        shop_.database.execute(
            "INSERT INTO users (id, email, name, password_hash) VALUES ('" + other_ +
            "', 'other@example.com', 'Other', 'x')"
        );
    }

    // A new order of the owner for each request, as some of them change it.
    std::string order() { return "/orders/" + shop_.place({{shop_.product(10), 1}}); }
    std::string product() { return "/products/" + shop_.product(10); }
    std::string stock() { return "/inventory/" + shop_.product(10); }
    [[nodiscard]] std::string order_body() {
        return R"({"items":[{"product_id":")" + shop_.product(10) + R"(","quantity":1}]})";
    }

    std::vector<Row> rows() {
        const std::string no_wait = "Prefer: wait=0";
        const std::string ship = R"({"status":"shipped"})";
        const std::string name = R"({"name":"Other"})";
        const std::string delta = R"({"delta":1,"reason":"found"})";
        std::vector<Row> all{
            {"POST /users",
             [] {
                 return Bytes{
                     "POST",
                     "/users",
                     "",
                     {},
                     R"({"email":")" + new_uuid() +
                         R"(@example.com","password":"0123456789","name":"New"})"};
             },
             201,
             201,
             201,
             201},
            // No such account: always 401, from another address each time.
            {"POST /sessions",
             [this] {
                 return Bytes{
                     "POST",
                     "/sessions",
                     "",
                     {"X-Forwarded-For: 10.0.0." + std::to_string(++clients_)},
                     R"({"email":")" + new_uuid() + R"(","password":"0123456789"})"};
             },
             401,
             401,
             401,
             401},
            {"DELETE /sessions/current",
             [] {
                 return Bytes{"DELETE", "/sessions/current", "", {}, ""};
             },
             401,
             204,
             204,
             204},
            {"GET /me",
             [] {
                 return Bytes{"GET", "/me", "", {}, ""};
             },
             401,
             200,
             200,
             200},
            {"GET /products",
             [] {
                 return Bytes{"GET", "/products", "", {}, ""};
             },
             200,
             200,
             200,
             200,
             true},
            {"GET /products/:id",
             [this] {
                 return Bytes{"GET", product(), "", {}, ""};
             },
             200,
             200,
             200,
             200},
            {"POST /products",
             [] {
                 return Bytes{
                     "POST",
                     "/products",
                     "",
                     {},
                     R"({"sku":")" + new_uuid() +
                         R"(","name":"N","stock":1,"price":{"amount_minor":1,"currency":"USD"}})"};
             },
             401,
             403,
             403,
             201},
            {"PATCH /products/:id",
             [this, name] {
                 return Bytes{"PATCH", product(), "", {"If-Match: *"}, name};
             },
             401,
             403,
             403,
             200},
            {"DELETE /products/:id",
             [this] {
                 return Bytes{"DELETE", product(), "", {}, ""};
             },
             401,
             403,
             403,
             204},
            {"GET /inventory",
             [] {
                 return Bytes{"GET", "/inventory", "", {}, ""};
             },
             401,
             403,
             403,
             200},
            {"GET /inventory/:product_id",
             [this] {
                 return Bytes{"GET", stock(), "", {}, ""};
             },
             401,
             403,
             403,
             200},
            {"POST /inventory/:product_id/adjustments",
             [this, delta] {
                 return Bytes{"POST", stock() + "/adjustments", "", {}, delta};
             },
             401,
             403,
             403,
             201},
            {"POST /orders",
             [this] {
                 return Bytes{"POST", "/orders", "", {}, order_body()};
             },
             401,
             201,
             201,
             403},
            {"GET /orders",
             [] {
                 return Bytes{"GET", "/orders", "", {}, ""};
             },
             401,
             200,
             200,
             200},
            {"GET /orders/:id",
             [this] {
                 return Bytes{"GET", order(), "", {}, ""};
             },
             401,
             404,
             200,
             200},
            {"GET /orders/:id/events",
             [this] {
                 return Bytes{"GET", order() + "/events", "", {}, ""};
             },
             401,
             404,
             200,
             200},
            {"PUT /orders/:id/update_status",
             [this, ship] {
                 return Bytes{"PUT", order() + "/update_status", "", {}, ship};
             },
             401,
             404,
             403,
             409},
            {"PATCH /orders/:id/status",
             [=, this] {
                 return Bytes{"PATCH", order() + "/status", "", {no_wait}, ship};
             },
             401,
             404,
             403,
             409},
            {"POST /orders/:id/cancel",
             [=, this] {
                 return Bytes{"POST", order() + "/cancel", "", {no_wait}, ""};
             },
             401,
             404,
             202,
             202},
            {"GET /openapi.json",
             [] {
                 return Bytes{"GET", "/openapi.json", "", {}, ""};
             },
             200,
             200,
             200,
             200,
             true},
            {"GET /docs",
             [] {
                 return Bytes{"GET", "/docs", "", {}, ""};
             },
             200,
             200,
             200,
             200,
             true},
        };
        for (const OpsRequest& ops : ops_requests()) {
            const Bytes bytes{
                ops.route.substr(0, ops.route.find(' ')), ops.target, "", {}, ops.body};
            all.push_back({ops.route, [bytes] { return bytes; }, 401, 403, 403, ops.admin});
        }
        return all;
    }

    Reply ask(Bytes bytes, const std::string& credentials) {
        bytes.credentials = credentials;
        const bool signs_out = bytes.method == "DELETE" && bytes.target == "/sessions/current";
        Reply reply = wire_.send(bytes);
        if (signs_out) {  // brings everybody back
            shop_.database.execute("UPDATE users SET token_version = 1");
        }
        // They say when and which request it was; all else must be the same for the same refusal.
        reply.headers.erase("date");
        reply.headers.erase("x-request-id");
        return reply;
    }

    static std::string bearer(const std::string& token) { return "Bearer " + token; }

    Wire wire_;
    Shop& shop_ = wire_.web.shop;
    std::string other_ = new_uuid();
    int clients_ = 0;
};

// The path is in a problem's `instance`.
std::string without(std::string text, const std::string& path) {
    for (std::size_t at = text.find(path); at != std::string::npos; at = text.find(path)) {
        text.replace(at, path.size(), "PATH");
    }
    return text;
}

TEST_F(AuthorisationMatrix, knows_every_route) {
    std::set<std::string> known;
    for (const Row& row : rows()) {
        known.insert(row.route);
    }
    std::set<std::string> routes;
    for (const auto& entry : wire_.web.router().routes()) {
        routes.insert(entry.method + " " + entry.pattern);
    }
    EXPECT_EQ(known, routes);
}

TEST_F(AuthorisationMatrix, gives_every_visitor_what_the_contract_says) {
    for (const Row& row : rows()) {
        const auto status = [&](const std::string& credentials) {
            return ask(row.request(), credentials).status;
        };
        EXPECT_EQ(status(""), row.nobody) << row.route;
        EXPECT_EQ(status(bearer(wire_.web.token_of(other_))), row.other) << row.route;
        EXPECT_EQ(status(bearer(wire_.web.customer())), row.owner) << row.route;
        EXPECT_EQ(status("bearer " + wire_.web.customer()), row.owner) << row.route;
        EXPECT_EQ(status(bearer(wire_.web.admin())), row.admin) << row.route;
    }
}

TEST_F(AuthorisationMatrix, takes_a_forged_token_for_nobody_and_does_not_say_what_was_wrong) {
    const auto forged = forged_credentials(kSecret, shop_.admin);
    ASSERT_GE(forged.size(), 60U);
    for (const Row& row : rows()) {
        const bool hashes = row.route == "POST /users" || row.route == "POST /sessions";
        const Bytes request = row.request();
        const Reply nobody = ask(request, "");
        EXPECT_EQ(nobody.status, row.nobody) << row.route;
        if (hashes) {  // they look at no token, and take their time
            EXPECT_EQ(ask(row.request(), forged.front().second).status, row.nobody) << row.route;
            continue;
        }
        for (const auto& [why, credentials] : forged) {
            const Reply reply = ask(request, credentials);
            EXPECT_EQ(reply.status, row.nobody) << row.route << ": " << why;
            if (row.nobody == 401 || row.is_alike) {
                EXPECT_EQ(reply.body, nobody.body) << row.route << ": " << why;
                EXPECT_EQ(reply.headers, nobody.headers) << row.route << ": " << why;
            }
        }
    }
}

TEST_F(AuthorisationMatrix, refuses_an_expired_token_and_a_revoked_one_like_none_at_all) {
    const auto now = std::chrono::system_clock::now();
    const Tokens tokens(kSecret);
    const std::string expired =
        tokens.issue({shop_.admin, 1, Role::kAdmin, now - std::chrono::seconds(1)}, now);
    const std::string revoked = wire_.web.token_of(shop_.admin, 0);
    for (const Row& row : rows()) {
        if (row.nobody != 401 || row.route == "POST /sessions") {
            continue;
        }
        const Bytes request = row.request();
        const Reply nobody = ask(request, "");
        for (const std::string& token : {expired, revoked}) {
            const Reply reply = ask(request, bearer(token));
            EXPECT_EQ(reply.status, 401) << row.route;
            EXPECT_EQ(reply.body, nobody.body) << row.route;
            EXPECT_EQ(reply.headers, nobody.headers) << row.route;
        }
    }
}

// Nobody learns whether an order exists that is none of his business.
TEST_F(AuthorisationMatrix, refuses_somebody_elses_order_as_one_that_does_not_exist) {
    for (const Row& row : rows()) {
        if (row.other != 404) {
            continue;
        }
        Bytes real = row.request();
        Bytes imagined = real;
        imagined.target.replace(std::string("/orders/").size(), 36, new_uuid());
        const Reply refused = ask(real, bearer(wire_.web.token_of(other_)));
        const Reply missing = ask(imagined, bearer(wire_.web.token_of(other_)));
        EXPECT_EQ(missing.status, 404) << row.route;
        EXPECT_EQ(without(refused.body, real.target), without(missing.body, imagined.target))
            << row.route;
        EXPECT_EQ(refused.headers, missing.headers) << row.route;
    }
}

TEST_F(AuthorisationMatrix, answers_the_same_under_every_prefix) {
    for (const Row& row : rows()) {
        Bytes request = row.request();
        const std::string target = request.target;
        for (const char* prefix : {"/api", "/api/v1"}) {
            request.target = prefix + target;
            if (row.nobody == 401) {
                EXPECT_EQ(ask(request, "").status, 401) << request.target;
            }
            request.method = "OPTIONS";
            const Reply options = ask(request, "");
            EXPECT_EQ(options.status, 204) << request.target;
            EXPECT_NE(
                options.headers.at("allow").find(row.route.substr(0, row.route.find(' '))),
                std::string::npos
            ) << request.target
              << ": " << options.headers.at("allow");
            request.method = row.request().method;
        }
    }
}

}  // namespace
