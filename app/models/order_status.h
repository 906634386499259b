#pragma once

#include <optional>
#include <string_view>

namespace shop {

// pending -> confirmed | rejected | cancelled      confirmed  -> processing | cancelled
// shipped -> delivered                             processing -> shipped | cancelled
enum class OrderStatus {
    kPending,
    kConfirmed,
    kRejected,
    kProcessing,
    kShipped,
    kDelivered,
    kCancelled,
};

// pending -> authorised | declined | voided        authorised -> captured | voided
enum class PaymentStatus { kPending, kAuthorised, kDeclined, kVoided, kCaptured };

std::string_view to_string(OrderStatus status);
std::string_view to_string(PaymentStatus status);

// The status of that name in any case, or of that code: 1 pending, 2 processing, 3 shipped,
// 4 delivered, 5 cancelled, 6 confirmed, 7 rejected. Nothing for anything else.
std::optional<OrderStatus> parse_order_status(std::string_view text);
std::optional<PaymentStatus> parse_payment_status(std::string_view text);

bool can_become(OrderStatus from, OrderStatus to);
// The same with the rule that nothing is processed before its payment is authorised.
bool can_become(OrderStatus from, PaymentStatus payment, OrderStatus to);

// Confirmed and rejected are decided by the inventory alone; nobody may ask for them.
bool is_set_by_the_system(OrderStatus status);

// Whether an order in this status has taken its stock, so that cancelling it gives stock back.
bool holds_stock(OrderStatus status);

// Who sees to payments: nobody, so that each step is taken together with the order's own, or the
// PaymentConsumer, afterwards. It does when karafka.yml has a route to it.
enum class Payments { kAtOnce, kByConsumer };

// What the payment of an order becomes when the order becomes `status`.
PaymentStatus payment_after(OrderStatus status, PaymentStatus payment);
// The same when it goes from one status to the other, as far as that is not the consumer's to do.
PaymentStatus payment_after(
    OrderStatus from, OrderStatus to, PaymentStatus payment, Payments payments
);

}  // namespace shop
