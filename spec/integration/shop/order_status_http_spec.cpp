#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <future>

#include "app/models/uuid.h"
#include "carafe/testing/eventually.h"
#include "consumers/order_consumer.h"
#include "integration/shop/web_fixture.h"

namespace {

using namespace shop;
using namespace shop::specs;

class OrderStatusHttp : public ::testing::Test {
protected:
    Answer call(
        const std::string& method,
        const std::string& action,
        const std::string& body,
        const std::string& token,
        const std::string& prefer = ""
    ) {
        Call call{method, "/orders/" + order_ + "/" + action, body, token, {}, {}};
        if (!prefer.empty()) {
            call.headers["prefer"] = prefer;
        }
        return web_.call(call);
    }
    Answer put(const std::string& status, const std::string& token) {
        return call("PUT", "update_status", R"({"status":)" + status + "}", token);
    }
    int commands() { return shop_.count("outbox WHERE topic = 'orders'"); }

    // Does the worker's part: carries out the commands that wait in the outbox.
    void carry_out_commands() {
        const std::string body = shop_.database.value(
            "DELETE FROM outbox WHERE topic = 'orders' RETURNING convert_from(payload, 'UTF8')"
        );
        Records records;
        records.add("ORDER_STATUS_CHANGE", body);
        shop_.consume<OrderConsumer>(records);
    }
    // The answer to a call that waits, while the worker does its part.
    Answer while_carried_out(const std::function<Answer()>& call) {
        auto answer = std::async(std::launch::async, call);
        EXPECT_TRUE(carafe::testing::eventually([&] { return commands() == 1; }));
        carry_out_commands();
        return answer.get();
    }

    Web web_;
    Shop& shop_ = web_.shop;
    std::string glass_ = shop_.product(10);
    std::string order_ = shop_.place({{glass_, 3}});
};

TEST_F(OrderStatusHttp, cancel_waits_for_the_outcome_and_shows_the_cancelled_order) {
    const Answer answer =
        while_carried_out([&] { return call("POST", "cancel", "", web_.customer(), "wait=10"); });
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.at("/status"), "cancelled");
    EXPECT_EQ(answer.at("/payment/status"), "voided");
    EXPECT_NE(answer.at("/cancelled_at"), "");
    EXPECT_EQ(answer.at("/customer"), "") << "customers do not see the customer";
}

TEST_F(OrderStatusHttp, patch_answers_409_when_the_command_was_refused_under_the_lock) {
    shop_.reserve({order_});
    auto refused = std::async(std::launch::async, [&] {
        return call("PATCH", "status", R"({"status":"processing"})", web_.admin(), "wait=10");
    });
    ASSERT_TRUE(carafe::testing::eventually([&] { return commands() == 1; }));
    shop_.database.execute("UPDATE orders SET status = 'cancelled', cancelled_at = now()");
    carry_out_commands();
    EXPECT_EQ(refused.get().status, 409);
}

TEST_F(OrderStatusHttp, answers_202_with_the_command_when_the_outcome_is_not_in_time) {
    const Answer answer = call("POST", "cancel", "", web_.customer(), "wait=1");
    EXPECT_EQ(answer.status, 202);
    EXPECT_TRUE(is_uuid(answer.at("/command_id")));
    EXPECT_EQ(answer.at("/order/id"), order_);
    EXPECT_EQ(answer.at("/order/status"), "pending");
    EXPECT_EQ(call("POST", "cancel", "", web_.customer(), "wait=0").status, 202);
}

TEST_F(OrderStatusHttp, put_answers_202_at_once) {
    shop_.reserve({order_});
    const Answer answer = put("\"Processing\"", web_.admin());
    EXPECT_EQ(answer.status, 202);
    EXPECT_EQ(commands(), 1);
    carry_out_commands();
    EXPECT_EQ(shop_.status(order_), "processing");
}

TEST_F(OrderStatusHttp, takes_names_in_any_case_and_codes) {
    for (const char* status : {"\"CANCELLED\"", "\"5\"", "5", "5.0"}) {
        EXPECT_EQ(put(status, web_.customer()).status, 202) << status;
    }
}

TEST_F(OrderStatusHttp, answers_200_without_a_command_for_the_status_it_has) {
    for (const Answer& answer :
         {put("\"pending\"", web_.admin()),
          call("PATCH", "status", R"({"status":1})", web_.admin())}) {
        EXPECT_EQ(answer.status, 200);
        EXPECT_EQ(answer.at("/id"), order_);
    }
    shop_.database.execute("UPDATE orders SET status = 'cancelled', cancelled_at = now()");
    EXPECT_EQ(call("POST", "cancel", "", web_.customer()).status, 200);
    EXPECT_EQ(commands(), 0);
}

TEST_F(OrderStatusHttp, answers_409_without_a_command_for_what_is_not_allowed) {
    for (const char* status : {"confirmed", "rejected", "processing", "shipped", "delivered"}) {
        EXPECT_EQ(put('"' + std::string(status) + '"', web_.admin()).status, 409) << status;
    }
    EXPECT_EQ(commands(), 0);
}

TEST_F(OrderStatusHttp, answers_400_for_what_is_no_status) {
    for (const char* status : {"\"gone\"", "0", "8", "true", "null", "{}", "\"\""}) {
        const Answer answer = put(status, web_.admin());
        EXPECT_EQ(answer.status, 400) << status;
        EXPECT_EQ(answer.pointers(), "/status") << status;
    }
}

}  // namespace
