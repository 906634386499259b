// Accounts, and how often something may be tried.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <thread>

#include "app/models/uuid.h"
#include "integration/shop/web_fixture.h"

namespace {

using namespace shop;
using namespace shop::specs;

class LimitsHttp : public ::testing::Test {
protected:
    Answer sign_in(
        const std::string& email, const std::string& password, const std::string& address
    ) {
        const std::string body = R"({"email":")" + email + R"(","password":")" + password + R"("})";
        return web_.call({"POST", "/sessions", body, "", {}, {}, address});
    }
    Answer open(const std::string& email) {
        return web_.call(
            {"POST",
             "/users",
             R"({"email":")" + email + R"(","password":"correct horse","name":"New"})",
             "",
             {},
             {}}
        );
    }
    Answer order(const std::string& key = "", int quantity = 1) {
        Call call{
            "POST",
            "/orders",
            R"({"items":[{"product_id":")" + product_ + R"(","quantity":)" +
                std::to_string(quantity) + "}]}",
            web_.customer(),
            {},
            {}};
        if (!key.empty()) {
            call.headers["idempotency-key"] = key;
        }
        return web_.call(call);
    }
    void a_minute_passes() {
        shop_.database.execute(
            "UPDATE sign_in_failures SET failed_at = ARRAY(SELECT at - interval '61 seconds' FROM "
            "unnest(failed_at) at);"
            "UPDATE order_rates SET minute_began_at = minute_began_at - interval '61 seconds'"
        );
    }

    Web web_;
    Shop& shop_ = web_.shop;
    std::string product_ = shop_.product(1000);
};

TEST_F(LimitsHttp, opens_an_account_that_can_sign_in) {
    const Answer account = open("New@Example.com");
    ASSERT_EQ(account.status, 201) << account.text;
    EXPECT_EQ(account.at("/email"), "new@example.com");
    EXPECT_EQ(account.at("/role"), "user");
    EXPECT_EQ(account.body.as_object().size(), 4U) << "no hash, no version";
    EXPECT_EQ(sign_in("new@example.COM", "correct horse", "10.0.0.1").status, 201);
    EXPECT_EQ(sign_in("new@example.com", "Correct horse", "10.0.0.1").status, 401);
    EXPECT_EQ(
        shop_.database.value(
            "SELECT password_hash LIKE '$argon2id$%' FROM users WHERE email = 'new@example.com'"
        ),
        "t"
    );
}

TEST_F(LimitsHttp, has_one_account_for_an_address) {
    open("new@example.com");
    const Answer again = open("NEW@example.com");
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.pointers(), "/email");
}

TEST_F(LimitsHttp, refuses_an_account_after_five_failures_from_wherever) {
    open("new@example.com");
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(sign_in("new@example.com", "wrong", "10.0.0." + std::to_string(i)).status, 401);
    }
    const Answer sixth = sign_in("new@example.com", "correct horse", "10.0.0.9");
    EXPECT_EQ(sixth.status, 429) << "the right password, too";
    const int wait = std::stoi(sixth.headers.at("Retry-After"));
    EXPECT_GE(wait, 1);
    EXPECT_LE(wait, 60);
    EXPECT_EQ(sign_in("other@example.com", "wrong", "10.0.0.9").status, 401) << "others may try";
    a_minute_passes();
    EXPECT_EQ(sign_in("new@example.com", "correct horse", "10.0.0.9").status, 201);
}

TEST_F(LimitsHttp, refuses_an_address_after_five_failures_whoever_it_tries) {
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(
            sign_in("nobody" + std::to_string(i) + "@example.com", "wrong", "10.0.0.1").status, 401
        );
    }
    EXPECT_EQ(sign_in("nobody@example.com", "wrong", "10.0.0.1").status, 429);
    EXPECT_EQ(sign_in("nobody@example.com", "wrong", "10.0.0.2").status, 401);
}

TEST_F(LimitsHttp, tells_no_more_than_five_failures_when_all_come_at_once) {
    std::atomic<int> failed = 0;
    std::atomic<int> limited = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 16; ++i) {
        threads.emplace_back([&, i] {
            const Answer answer =
                sign_in("new@example.com", "wrong", "10.0.1." + std::to_string(i));
            failed += answer.status == 401 ? 1 : 0;
            limited += answer.status == 429 ? 1 : 0;
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(failed, 5);
    EXPECT_EQ(limited, 11);
}

TEST_F(LimitsHttp, forgets_failures_in_time) {
    sign_in("new@example.com", "wrong", "10.0.0.1");
    shop_.database.execute("UPDATE sign_in_failures SET forget_at = now() - interval '1 second'");
    sign_in("other@example.com", "wrong", "10.0.0.2");
    EXPECT_EQ(shop_.count("sign_in_failures WHERE subject LIKE '%new@%' OR subject LIKE '%.1'"), 0);
}

// By the clock nobody learns which accounts exist: the same work is done for both.
TEST_F(LimitsHttp, takes_as_long_for_an_account_that_does_not_exist) {
    open("new@example.com");
    std::vector<double> known, unknown;
    for (int i = 0; i < 5; ++i) {
        for (const bool is_known : {true, false}) {
            shop_.database.execute("DELETE FROM sign_in_failures");
            const auto started = std::chrono::steady_clock::now();
            sign_in(is_known ? "new@example.com" : "nobody@example.com", "wrong", "10.0.0.1");
            const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
            (is_known ? known : unknown).push_back(took.count());
        }
    }
    // The fastest of each: what the machine does beside it only ever adds.
    const double fastest_known = *std::min_element(known.begin(), known.end());
    const double fastest_unknown = *std::min_element(unknown.begin(), unknown.end());
    EXPECT_GT(fastest_unknown, fastest_known * 0.5);
    EXPECT_LT(fastest_unknown, fastest_known * 2);
}

TEST_F(LimitsHttp, takes_twenty_orders_a_minute_and_then_no_more) {
    web_.services().orders_per_minute = 20;
    for (int i = 0; i < 20; ++i) {
        ASSERT_EQ(order().status, 201);
    }
    const Answer refused = order("key");
    EXPECT_EQ(refused.status, 429);
    const int wait = std::stoi(refused.headers.at("Retry-After"));
    EXPECT_GE(wait, 1);
    EXPECT_LE(wait, 60);
    EXPECT_EQ(shop_.count("orders"), 20);
    EXPECT_EQ(shop_.count("outbox"), 40);
    EXPECT_EQ(shop_.count("idempotency_keys"), 0) << "the key is free for another try";
    a_minute_passes();
    EXPECT_EQ(order("key").status, 201);
}

TEST_F(LimitsHttp, counts_exactly_when_orders_come_at_once) {
    web_.services().orders_per_minute = 7;
    std::atomic<int> placed = 0;
    std::atomic<int> refused = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 20; ++i) {
        threads.emplace_back([&] {
            const int status = order().status;
            placed += status == 201 ? 1 : 0;
            refused += status == 429 ? 1 : 0;
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(placed, 7);
    EXPECT_EQ(refused, 13);
    EXPECT_EQ(shop_.count("orders"), 7);
}

TEST_F(LimitsHttp, does_not_count_a_request_that_is_repeated_or_refused) {
    web_.services().orders_per_minute = 2;
    EXPECT_EQ(order("key").status, 201);
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(order("key").status, 201);
        EXPECT_EQ(order("key", 2).status, 422);
    }
    EXPECT_EQ(order("other").status, 201);
    EXPECT_EQ(order("key").status, 201) << "a replay is no order";
    EXPECT_EQ(order("third").status, 429);
}

TEST_F(LimitsHttp, gives_a_user_the_limit_of_his_own) {
    web_.services().orders_per_minute = 1;
    shop_.database.execute("UPDATE users SET orders_per_minute = 3");
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(order().status, 201);
    }
    EXPECT_EQ(order().status, 429);
    shop_.database.execute("UPDATE users SET orders_per_minute = 0");
    EXPECT_EQ(order().status, 201);
}

}  // namespace
