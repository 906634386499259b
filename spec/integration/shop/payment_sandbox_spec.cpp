// Our side of the gateway's protocol and the sandbox's, over a socket.
#include <gtest/gtest.h>

#include "app/payments/http_payment_gateway.h"
#include "app/payments/payment_sandbox.h"
#include "carafe/http/server.h"
#include "integration/http/http_client.h"

namespace {

using namespace shop;

class PaymentSandbox : public ::testing::Test {
protected:
    PaymentSandbox() {
        payment_sandbox(router_, ledger_);
        carafe::http::Server::Options options;
        options.port = 0;
        server_ = std::make_unique<carafe::http::Server>(options, router_);
        server_->start();
        gateway_ = std::make_unique<HttpPaymentGateway>(url());
    }
    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(server_->port());
    }
    // As an operator writes them.
    void rules(const std::string& rules) {
        carafe::http::spec::HttpClient client(server_->port());
        client.send(
            "PUT /rules HTTP/1.1\r\nHost: sandbox\r\nContent-Length: " +
            std::to_string(rules.size()) + "\r\n\r\n" + rules
        );
        ASSERT_EQ(client.receive().value().status, 204);
    }

    PaymentLedger ledger_;
    carafe::http::Router router_;
    std::unique_ptr<carafe::http::Server> server_;
    std::unique_ptr<HttpPaymentGateway> gateway_;
};

TEST_F(PaymentSandbox, authorises_captures_and_voids) {
    EXPECT_EQ(gateway_->authorise({"a", {500, "USD"}}), Authorisation::kAuthorised);
    EXPECT_NO_THROW(gateway_->capture("a"));
    EXPECT_EQ(ledger_.find("a")->status, "captured");
    EXPECT_EQ(gateway_->authorise({"b", {500, "USD"}}), Authorisation::kAuthorised);
    EXPECT_NO_THROW(gateway_->void_authorisation("b"));
    EXPECT_EQ(ledger_.find("b")->status, "voided");
    EXPECT_EQ(ledger_.find("b")->amount.amount_minor, 500);
}

TEST_F(PaymentSandbox, declines_on_request) {
    rules(R"({"rules":[{"amount_minor":1313,"does":"decline"}]})");
    EXPECT_EQ(gateway_->authorise({"a", {1313, "USD"}}), Authorisation::kDeclined);
    EXPECT_EQ(gateway_->authorise({"b", {1314, "USD"}}), Authorisation::kAuthorised);
}

TEST_F(PaymentSandbox, authorises_once_when_its_answer_was_lost_and_the_request_comes_again) {
    rules(R"({"rules":[{"does":"lose_answer","times":1}]})");
    EXPECT_THROW((void)gateway_->authorise({"a", {500, "USD"}}), GatewayTrouble);
    EXPECT_EQ(gateway_->authorise({"a", {500, "USD"}}), Authorisation::kAuthorised);
    EXPECT_EQ(ledger_.find("a")->authorisations, 1);
    EXPECT_EQ(ledger_.find("a")->requests, 2);
}

TEST_F(PaymentSandbox, is_not_waited_for_when_it_takes_too_long) {
    rules(R"({"rules":[{"operation":"authorise","does":"timeout","times":1}]})");
    const auto started = std::chrono::steady_clock::now();
    EXPECT_THROW((void)gateway_->authorise({"a", {500, "USD"}}), GatewayTrouble);
    EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(4));
    EXPECT_EQ(gateway_->authorise({"a", {500, "USD"}}), Authorisation::kAuthorised);
}

TEST_F(PaymentSandbox, fails_on_request) {
    rules(R"({"rules":[{"operation":"capture","does":"fail"}]})");
    EXPECT_EQ(gateway_->authorise({"a", {500, "USD"}}), Authorisation::kAuthorised);
    EXPECT_THROW(gateway_->capture("a"), GatewayTrouble);
    EXPECT_EQ(ledger_.find("a")->status, "authorised");
}

TEST_F(PaymentSandbox, that_is_gone_is_an_outage) {
    server_->stop(std::chrono::seconds(0));
    EXPECT_THROW((void)gateway_->authorise({"a", {500, "USD"}}), GatewayAway);
}

}  // namespace
