#include "app/boot/payment_sandbox.h"

#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string>

#include "app/payments/payment_sandbox.h"
#include "carafe/application.h"
#include "carafe/errors.h"
#include "carafe/http/server.h"
#include "carafe/log.h"

namespace shop::boot {

namespace {

constexpr int kPort = 3005;
// An answer that is held back on request comes then, as 504.
constexpr std::chrono::seconds kLateAnswer{5};
constexpr std::chrono::seconds kDrain{1};

int payment_port() {
    const char* text = std::getenv("PAYMENT_PORT");
    if (text == nullptr || *text == '\0') {
        return kPort;
    }
    const std::string_view digits(text);
    int port = 0;
    const auto [end, error] = std::from_chars(text, text + digits.size(), port);
    if (error != std::errc() || end != text + digits.size() || port < 1 || port > 65'535) {
        throw carafe::ConfigurationError("PAYMENT_PORT='" + std::string(digits) + "' is no port");
    }
    return port;
}

}  // namespace

int run_payment_sandbox(const carafe::Settings& /*settings*/) {
    carafe::Signals signals;  // blocked before the first thread starts
    PaymentLedger ledger;
    carafe::http::Router router;
    payment_sandbox(router, ledger);
    carafe::http::Server::Options options;
    options.port = payment_port();
    options.deferred_timeout = kLateAnswer;
    carafe::http::Server server(options, router);
    server.start();
    carafe::log::info("payment sandbox listens", {{"port", std::to_string(server.port())}});
    int signal = 0;
    while (signal != SIGTERM && signal != SIGINT) {
        signal = signals.wait(std::chrono::hours(1));
    }
    server.stop(kDrain);
    return 0;
}

}  // namespace shop::boot
