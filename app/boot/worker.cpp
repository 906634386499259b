#include "app/boot/worker.h"

#include <algorithm>

#include "app/payments/http_payment_gateway.h"
#include "carafe/log.h"

namespace shop::boot {

namespace {

constexpr std::string_view kPaymentConsumer = "PaymentConsumer";

// Whether the file has a route to it, and not whether this very worker runs it: all workers must
// agree on who sees to payments.
bool has_payment_consumer(const carafe::Settings& settings) {
    const auto& groups = settings.consumer_groups;
    return std::any_of(groups.begin(), groups.end(), [](const auto& group) {
        return std::any_of(group.topics.begin(), group.topics.end(), [](const auto& route) {
            return route.consumer == kPaymentConsumer;
        });
    });
}

}  // namespace

void WorkerParts::prepare(const carafe::WorkerContext& worker) {
    if (!has_payment_consumer(worker.settings)) {
        carafe::log::info("no route to PaymentConsumer: confirming an order authorises its payment"
        );
        return;
    }
    pool_ = std::make_unique<carafe::postgres::Pool>(worker.settings.database, "shop payments");
    services_.payments = Payments::kByConsumer;
    services_.database.emplace(*pool_);
    services_.relay = &worker.relay;
    services_.make_gateway = [url = payment_url()] {
        return std::make_unique<HttpPaymentGateway>(url);
    };
}

}  // namespace shop::boot
