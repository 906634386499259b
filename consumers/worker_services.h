#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "app/models/database.h"
#include "app/models/order_status.h"
#include "app/payments/payment_gateway.h"
#include "carafe/postgres/outbox.h"

namespace shop {

// What consumers work with beside their batch. Filled in app/boot when a worker starts, before the
// first consumer is made.
struct WorkerServices {
    Payments payments = Payments::kAtOnce;
    std::optional<Database> database;  // for at_least_once consumers
    carafe::postgres::RelaySignal* relay = nullptr;
    std::function<std::unique_ptr<PaymentGateway>()> make_gateway;
};

}  // namespace shop
