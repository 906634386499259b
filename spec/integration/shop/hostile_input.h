#pragma once

#include <gtest/gtest.h>

#include <iostream>
#include <string>
#include <vector>

#include "app/models/uuid.h"
#include "integration/shop/hostile_values.h"
#include "integration/shop/wire.h"

namespace shop::specs {

inline const std::string kPlace = "<?>";  // where a value stands in the text of a body

inline std::string filled(std::string text, const std::string& value) {
    const std::size_t at = text.find(kPlace);
    return at == std::string::npos ? text : text.replace(at, kPlace.size(), value);
}

inline std::string abbreviated(const std::string& text) {
    return text.size() <= 120 ? text : text.substr(0, 120) + "... " + std::to_string(text.size());
}

// Sends what no client should send, and what only looks like it.
class HostileInput : public ::testing::Test {
protected:
    ~HostileInput() override { std::cout << cases_ << " cases\n"; }

    struct Form {
        std::string method;
        std::string target;
        bool is_for_admins = false;
        std::vector<std::string> fields = {};
    };

    Bytes bytes(const Form& form, const std::string& body) {
        const std::string token = form.is_for_admins ? wire_.web.admin() : wire_.web.customer();
        return {form.method, form.target, "Bearer " + token, form.fields, body};
    }

    // Whatever a request could have written.
    [[nodiscard]] std::string books() const {
        return shop_.database.value(
            "SELECT concat_ws(' ', (SELECT count(*) FROM users), (SELECT count(*) FROM orders), "
            "(SELECT count(*) FROM products), (SELECT sum(version) FROM products), "
            "(SELECT sum(quantity) FROM stock), (SELECT count(*) FROM stock_movements), "
            "(SELECT count(*) FROM idempotency_keys), (SELECT count(*) FROM outbox), "
            "(SELECT string_agg(status || payment_status, ',') FROM orders), "
            "(SELECT string_agg(role || token_version, ',') FROM users))"
        );
    }

    void refuses(const Bytes& request, const std::string& pointer, const std::string& why) {
        ++cases_;
        const carafe::http::spec::Reply reply = wire_.send(request);
        const std::string what = request.method + " " + abbreviated(request.target) + " " +
                                 abbreviated(request.body) + ": " + why + " -> " + reply.body;
        EXPECT_GE(reply.status, 400) << what;
        EXPECT_LT(reply.status, 500) << what;
        EXPECT_EQ(pointers_of(reply), pointer) << what;
    }
    // The value in its place is refused with this pointer.
    void refuses_values(
        const Form& form,
        const std::string& body,
        const std::string& pointer,
        const HostileValues& values
    ) {
        for (const Hostile& value : values) {
            refuses(bytes(form, filled(body, value.text)), pointer, value.why);
        }
    }
    // What is not JSON is refused at the place where it stands, or at the whole body.
    void refuses_no_json(const Form& form, const std::string& body, const std::string& pointer) {
        for (const Hostile& value : no_json()) {
            ++cases_;
            const carafe::http::spec::Reply reply =
                wire_.send(bytes(form, filled(body, value.text)));
            EXPECT_EQ(reply.status, 400) << form.target << ": " << value.why;
            EXPECT_EQ(pointers_of(reply), pointer)
                << form.target << ": " << value.why << reply.body;
        }
    }
    // Fields that are not there to be set, where the body has a place for one more.
    void refuses_fields(
        const Form& form,
        const std::string& body,
        const std::string& parent,
        const std::vector<std::string>& names
    ) {
        for (const std::string& name : names) {
            std::string pointer = parent + "/";
            for (const char c : name) {
                pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
            }
            const std::string field = ",\"" + name + "\":1";
            refuses(bytes(form, filled(body, field)), pointer, "there is no such field");
        }
    }
    void takes(const Bytes& request, const std::string& why) {
        ++cases_;
        const carafe::http::spec::Reply reply = wire_.send(request);
        EXPECT_GE(reply.status, 200)
            << why << ": " << abbreviated(request.body) << " -> " << reply.body;
        EXPECT_LT(reply.status, 300)
            << why << ": " << abbreviated(request.target + request.body) << " -> " << reply.body;
    }

    std::string line(const std::string& quantity = "1") const {
        return R"({"product_id":")" + product_ + R"(","quantity":)" + quantity + "}";
    }
    static std::string address(const std::string& field, const std::string& value) {
        std::string text = "{";
        for (const char* name : {"name", "line1", "line2", "city", "postal_code", "country"}) {
            const std::string good = std::string(name) == "country" ? "\"DE\"" : "\"x\"";
            text += (text.size() > 1 ? "," : "") + in_quotes(name) + ":" +
                    (name == field ? value : good);
        }
        return text + "}";
    }
    std::string order(const std::string& rest) const {
        return R"({"items":[)" + line() + "]" + rest + "}";
    }

    Wire wire_;
    Shop& shop_ = wire_.web.shop;
    std::string product_ = shop_.product(1'000'000);
    std::string empty_ = shop_.product(0);
    std::string placed_ = shop_.place({{product_, 1}});
    int cases_ = 0;
    const Form orders_{"POST", "/orders"};
    const Form products_{"POST", "/products", true};
    const Form product_change_{"PATCH", "/products/" + product_, true, {"If-Match: *"}};
    const Form adjustments_{"POST", "/inventory/" + product_ + "/adjustments", true};
    const Form users_{"POST", "/users"};
    const Form sessions_{"POST", "/sessions"};
    const Form change_{"PATCH", "/orders/" + placed_ + "/status", true, {"Prefer: wait=0"}};
    const Form request_{"PUT", "/orders/" + placed_ + "/update_status", true};
    const Form cancel_{"POST", "/orders/" + placed_ + "/cancel", false, {"Prefer: wait=0"}};
};

}  // namespace shop::specs
