#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/models/order_command.h"
#include "app/models/order_status.h"

namespace shop {

struct OrderLine {
    std::string product_id;
    int quantity = 0;
};

// An order as it is under its row lock.
struct LockedOrder {
    std::string id;
    std::string number;
    std::string user_id;
    OrderStatus status = OrderStatus::kPending;
    PaymentStatus payment = PaymentStatus::kPending;
    int version = 1;
    std::vector<OrderLine> lines;
};

// The stock of a product as it is under its row lock.
struct LockedStock {
    std::string product_id;
    std::string sku;
    int quantity = 0;
    int version = 1;
};

// A line that could not be served.
struct Shortage {
    std::string product_id;
    int requested = 0;
    int available = 0;
};

// One change of an order's status, or of its payment alone (`from` is the status it has); `order`
// is the order afterwards.
struct Transition {
    LockedOrder order;
    OrderStatus from = OrderStatus::kPending;
    std::vector<Shortage> shortages;  // why it was rejected: every failing line
    bool restocked = false;
    std::optional<std::string> reason;
    std::string traceparent;
};

// What an order took from the stock of a product (negative), or gave back (positive).
struct Movement {
    std::string order_id;
    std::string product_id;
    int quantity = 0;
};

struct StockChange {
    LockedStock stock;  // afterwards; its version raised by one
    int previous_quantity = 0;
    std::string traceparent;     // of the last command that moved it
    bool is_adjustment = false;  // by hand, not by an order
};

// Decides, in memory, what a batch of commands does to the orders and the stock that were locked
// for it. Commands are carried out one after the other, in offset order, so those of one order
// fold: versions v+1..v+n, and one row to update. Pure: no SQL, no clock.
class Fulfilment {
public:
    Fulfilment(
        std::vector<LockedOrder> orders,
        std::vector<LockedStock> stock,
        Payments payments = Payments::kAtOnce
    );

    [[nodiscard]] bool knows(const std::string& order_id) const;

    // Stale and impossible commands change nothing. The order must be known.
    CommandOutcome carry_out(const OrderCommand& command);

    // In the order in which they happened.
    [[nodiscard]] const std::vector<Transition>& transitions() const { return transitions_; }
    [[nodiscard]] const std::vector<Movement>& movements() const { return movements_; }
    // The orders that changed, as they are in the end.
    [[nodiscard]] std::vector<const Transition*> last_transitions() const;
    // The products whose quantity is another than before, by product id.
    [[nodiscard]] std::vector<StockChange> stock_changes() const;

private:
    struct Shelf {
        LockedStock stock;
        int initial_quantity = 0;
        std::string traceparent;
    };

    CommandOutcome reserve(LockedOrder& order, const OrderCommand& command);
    CommandOutcome abandon(LockedOrder& order, const OrderCommand& command);
    CommandOutcome change_status(LockedOrder& order, const OrderCommand& command);
    [[nodiscard]] std::vector<Shortage> shortages_of(const LockedOrder& order) const;
    void move_stock(const LockedOrder& order, int direction, const OrderCommand& command);
    Transition& record(LockedOrder& order, OrderStatus to, const OrderCommand& command);

    const Payments payments_;
    std::unordered_map<std::string, LockedOrder> orders_;
    std::unordered_map<std::string, Shelf> shelves_;
    std::vector<Transition> transitions_;
    std::vector<Movement> movements_;
};

}  // namespace shop
