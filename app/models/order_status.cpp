#include "app/models/order_status.h"

#include <algorithm>
#include <array>
#include <utility>

namespace shop {

namespace {

using Status = OrderStatus;

struct NamedStatus {
    Status status;
    std::string_view name;
    std::string_view code;
};

constexpr std::array<NamedStatus, 7> kStatuses{{
    {Status::kPending, "pending", "1"},
    {Status::kProcessing, "processing", "2"},
    {Status::kShipped, "shipped", "3"},
    {Status::kDelivered, "delivered", "4"},
    {Status::kCancelled, "cancelled", "5"},
    {Status::kConfirmed, "confirmed", "6"},
    {Status::kRejected, "rejected", "7"},
}};

constexpr std::array<std::pair<PaymentStatus, std::string_view>, 5> kPayments{{
    {PaymentStatus::kPending, "pending"},
    {PaymentStatus::kAuthorised, "authorised"},
    {PaymentStatus::kDeclined, "declined"},
    {PaymentStatus::kVoided, "voided"},
    {PaymentStatus::kCaptured, "captured"},
}};

constexpr std::array<std::pair<Status, Status>, 8> kTransitions{{
    {Status::kPending, Status::kConfirmed},
    {Status::kPending, Status::kRejected},
    {Status::kPending, Status::kCancelled},
    {Status::kConfirmed, Status::kProcessing},
    {Status::kConfirmed, Status::kCancelled},
    {Status::kProcessing, Status::kShipped},
    {Status::kProcessing, Status::kCancelled},
    {Status::kShipped, Status::kDelivered},
}};

bool equal_in_any_case(std::string_view text, std::string_view lower_case) {
    const auto same = [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    };
    return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(), same);
}

}  // namespace

std::string_view to_string(OrderStatus status) {
    for (const auto& known : kStatuses) {
        if (known.status == status) {
            return known.name;
        }
    }
    return {};
}

std::string_view to_string(PaymentStatus status) {
    for (const auto& [known, name] : kPayments) {
        if (known == status) {
            return name;
        }
    }
    return {};
}

std::optional<OrderStatus> parse_order_status(std::string_view text) {
    for (const auto& known : kStatuses) {
        if (text == known.code || equal_in_any_case(text, known.name)) {
            return known.status;
        }
    }
    return std::nullopt;
}

std::optional<PaymentStatus> parse_payment_status(std::string_view text) {
    for (const auto& [status, name] : kPayments) {
        if (text == name) {
            return status;
        }
    }
    return std::nullopt;
}

bool can_become(OrderStatus from, OrderStatus to) {
    return std::find(kTransitions.begin(), kTransitions.end(), std::pair(from, to)) !=
           kTransitions.end();
}

bool can_become(OrderStatus from, PaymentStatus payment, OrderStatus to) {
    return can_become(from, to) &&
           (to != Status::kProcessing || payment == PaymentStatus::kAuthorised);
}

bool is_set_by_the_system(OrderStatus status) {
    return status == Status::kConfirmed || status == Status::kRejected;
}

bool holds_stock(OrderStatus status) {
    return status == Status::kConfirmed || status == Status::kProcessing;
}

PaymentStatus payment_after(OrderStatus status, PaymentStatus payment) {
    const bool open = payment == PaymentStatus::kPending || payment == PaymentStatus::kAuthorised;
    switch (status) {
        case Status::kConfirmed:
            return payment == PaymentStatus::kPending ? PaymentStatus::kAuthorised : payment;
        case Status::kShipped:
            return payment == PaymentStatus::kAuthorised ? PaymentStatus::kCaptured : payment;
        case Status::kCancelled:
        case Status::kRejected:
            return open ? PaymentStatus::kVoided : payment;
        default:
            return payment;
    }
}

PaymentStatus payment_after(
    OrderStatus from, OrderStatus to, PaymentStatus payment, Payments payments
) {
    // Nobody has asked the gateway about a pending order, so its payment ends with it.
    return payments == Payments::kAtOnce || (from == Status::kPending && to != Status::kConfirmed)
               ? payment_after(to, payment)
               : payment;
}

}  // namespace shop
