#pragma once

#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "app/models/money.h"
#include "app/models/order_command.h"
#include "app/models/order_status.h"

namespace shop {

struct OrderItem {
    std::string product_id;
    std::string sku;
    std::string name;
    int quantity = 0;
    Money unit_price;
};

// An order as it is read. Placing one: order_placement.h.
struct Order {
    std::string id;
    std::string number;
    std::string user_id;
    OrderStatus status = OrderStatus::kPending;
    PaymentStatus payment = PaymentStatus::kPending;
    int version = 1;
    Money total;
    std::vector<OrderItem> items;
    std::optional<std::string> shipping_address;  // JSON
    std::optional<std::string> rejection;         // JSON
    std::string created_at;
    std::string updated_at;
    std::optional<std::string> cancelled_at;
    std::string customer_email;
    std::string customer_name;

    static std::optional<Order> find(pqxx::transaction_base& tx, const std::string& id);
    // Those that there are, in any order.
    static std::vector<Order> find_all(
        pqxx::transaction_base& tx, const std::vector<std::string>& ids
    );

    // Which orders a list shows, newest first. Empty fields do not restrict.
    struct Filter {
        std::optional<std::string> user_id;
        std::optional<std::string> status;
        std::optional<std::string> text;  // part of the order number or the customer's e-mail
        std::optional<std::string> from;  // seconds since the epoch
        std::optional<std::string> to;
        std::optional<std::string> before;  // an order id: only those placed earlier
        int limit = 20;
    };
    static std::vector<Order> list(pqxx::transaction_base& tx, const Filter& filter);

    // The order as it was when it was placed: what the first response to POST /orders said.
    [[nodiscard]] Order as_placed() const;
    [[nodiscard]] bool can_become(OrderStatus next) const {
        return !is_set_by_the_system(next) && shop::can_become(status, payment, next);
    }

    // Sends a command to make this order `next`; the consumers decide. Returns the command.
    [[nodiscard]] OrderCommand request_change(
        pqxx::transaction_base& tx,
        OrderStatus next,
        const std::string& requested_by,
        std::string_view traceparent
    ) const;
};

}  // namespace shop
