#pragma once

#include <memory>
#include <string>

#include "app/payments/payment_gateway.h"

namespace shop {

// The gateway over HTTP, as the sandbox (payment_sandbox.h) speaks it; on one connection that is
// kept open.
class HttpPaymentGateway final : public PaymentGateway {
public:
    explicit HttpPaymentGateway(std::string url);
    ~HttpPaymentGateway() override;
    HttpPaymentGateway(const HttpPaymentGateway&) = delete;
    HttpPaymentGateway& operator=(const HttpPaymentGateway&) = delete;

    Authorisation authorise(const Charge& charge) override;
    void capture(const std::string& order_id) override;
    void void_authorisation(const std::string& order_id) override;

private:
    class Connection;

    // The status of the payment afterwards.
    std::string post(const std::string& path, const std::string& body);

    const std::string url_;
    std::unique_ptr<Connection> connection_;
};

// PAYMENT_URL, else the sandbox at PAYMENT_PORT (3005) on this machine.
std::string payment_url();

}  // namespace shop
