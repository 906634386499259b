#pragma once

#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "app/models/money.h"
#include "app/models/order_status.h"

namespace shop {

// What is to be asked of the payment gateway next, by what the order and its payment are.
enum class PaymentStep { kNone, kAuthorise, kCapture, kVoid };
PaymentStep next_step(OrderStatus status, PaymentStatus payment);

// Whether the payment of an order in this status may become `reached`: what the gateway did counts
// only while the order is still where it was asked for, or has been cancelled.
bool may_become(OrderStatus status, PaymentStatus payment, PaymentStatus reached);

struct Payable {
    std::string order_id;
    OrderStatus status = OrderStatus::kPending;
    PaymentStatus payment = PaymentStatus::kPending;
    Money total;
};

// What the gateway did.
struct PaymentOutcome {
    std::string order_id;
    PaymentStatus reached = PaymentStatus::kPending;
    std::string traceparent;
};

namespace payments {

// The orders as they are now.
std::vector<Payable> look(pqxx::transaction_base& tx, const std::vector<std::string>& order_ids);

// Looks at the orders again, under their locks, and writes what may be written: the payment, the
// order's version, order.updated, and for a declined payment the command that cancels the order.
// Look again afterwards: an order that was cancelled meanwhile needs another step.
void record(pqxx::transaction_base& tx, const std::vector<PaymentOutcome>& outcomes);

}  // namespace payments

}  // namespace shop
