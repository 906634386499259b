#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>

#include "app/models/order_status.h"

namespace {

using namespace shop;

constexpr std::array kAll{
    OrderStatus::kPending,
    OrderStatus::kConfirmed,
    OrderStatus::kRejected,
    OrderStatus::kProcessing,
    OrderStatus::kShipped,
    OrderStatus::kDelivered,
    OrderStatus::kCancelled};

TEST(OrderStatus, allows_exactly_the_transitions_of_the_contract) {
    const std::set<std::string> allowed{
        "pending>confirmed",
        "pending>rejected",
        "pending>cancelled",
        "confirmed>processing",
        "confirmed>cancelled",
        "processing>shipped",
        "processing>cancelled",
        "shipped>delivered"};
    for (const OrderStatus from : kAll) {
        for (const OrderStatus to : kAll) {
            const std::string move =
                std::string(to_string(from)) + ">" + std::string(to_string(to));
            EXPECT_EQ(can_become(from, to), allowed.count(move) == 1) << move;
        }
    }
}

TEST(OrderStatus, reads_its_names_in_any_case_and_the_codes_1_to_7) {
    for (const OrderStatus status : kAll) {
        std::string name(to_string(status));
        EXPECT_EQ(parse_order_status(name), status);
        name[0] = static_cast<char>(name[0] - 'a' + 'A');
        EXPECT_EQ(parse_order_status(name), status) << name;
    }
    EXPECT_EQ(parse_order_status("SHIPPED"), OrderStatus::kShipped);
    EXPECT_EQ(parse_order_status("1"), OrderStatus::kPending);
    EXPECT_EQ(parse_order_status("2"), OrderStatus::kProcessing);
    EXPECT_EQ(parse_order_status("3"), OrderStatus::kShipped);
    EXPECT_EQ(parse_order_status("4"), OrderStatus::kDelivered);
    EXPECT_EQ(parse_order_status("5"), OrderStatus::kCancelled);
    EXPECT_EQ(parse_order_status("6"), OrderStatus::kConfirmed);
    EXPECT_EQ(parse_order_status("7"), OrderStatus::kRejected);
}

TEST(OrderStatus, refuses_everything_else) {
    for (const char* text :
         {"", "0", "8", "01", "1.0", " shipped", "shipped ", "ship", "canceled"}) {
        EXPECT_FALSE(parse_order_status(text)) << "'" << text << "'";
    }
}

TEST(OrderStatus, processes_an_order_only_when_its_payment_is_authorised) {
    const auto from = OrderStatus::kConfirmed;
    EXPECT_TRUE(can_become(from, PaymentStatus::kAuthorised, OrderStatus::kProcessing));
    for (const auto payment :
         {PaymentStatus::kPending,
          PaymentStatus::kDeclined,
          PaymentStatus::kVoided,
          PaymentStatus::kCaptured}) {
        EXPECT_FALSE(can_become(from, payment, OrderStatus::kProcessing));
        EXPECT_TRUE(can_become(from, payment, OrderStatus::kCancelled));
    }
}

TEST(OrderStatus, holds_stock_from_confirmation_until_it_ships) {
    const std::set<OrderStatus> holding{OrderStatus::kConfirmed, OrderStatus::kProcessing};
    for (const OrderStatus status : kAll) {
        EXPECT_EQ(holds_stock(status), holding.count(status) == 1) << to_string(status);
    }
}

TEST(Payment, is_authorised_by_confirmation_captured_by_shipping_and_voided_by_cancelling) {
    using P = PaymentStatus;
    EXPECT_EQ(payment_after(OrderStatus::kConfirmed, P::kPending), P::kAuthorised);
    EXPECT_EQ(payment_after(OrderStatus::kProcessing, P::kAuthorised), P::kAuthorised);
    EXPECT_EQ(payment_after(OrderStatus::kShipped, P::kAuthorised), P::kCaptured);
    EXPECT_EQ(payment_after(OrderStatus::kDelivered, P::kCaptured), P::kCaptured);
    EXPECT_EQ(payment_after(OrderStatus::kCancelled, P::kPending), P::kVoided);
    EXPECT_EQ(payment_after(OrderStatus::kCancelled, P::kAuthorised), P::kVoided);
    EXPECT_EQ(payment_after(OrderStatus::kCancelled, P::kDeclined), P::kDeclined);
    EXPECT_EQ(payment_after(OrderStatus::kRejected, P::kPending), P::kVoided);
}

}  // namespace
