#include "app/models/fulfilment.h"

#include <algorithm>
#include <unordered_set>

namespace shop {

namespace {

constexpr int kTake = -1;
constexpr int kGiveBack = 1;

}  // namespace

Fulfilment::Fulfilment(
    std::vector<LockedOrder> orders, std::vector<LockedStock> stock, Payments payments
)
    : payments_(payments) {
    for (LockedOrder& order : orders) {
        std::string id = order.id;
        orders_.emplace(std::move(id), std::move(order));
    }
    for (LockedStock& level : stock) {
        std::string product_id = level.product_id;
        const int quantity = level.quantity;
        shelves_.emplace(std::move(product_id), Shelf{std::move(level), quantity, {}});
    }
}

bool Fulfilment::knows(const std::string& order_id) const {
    return orders_.count(order_id) != 0;
}

CommandOutcome Fulfilment::carry_out(const OrderCommand& command) {
    LockedOrder& order = orders_.at(command.order_id);
    if (command.kind == OrderCommand::Kind::kAbandon) {
        return abandon(order, command);
    }
    return command.kind == OrderCommand::Kind::kReserve ? reserve(order, command)
                                                        : change_status(order, command);
}

CommandOutcome Fulfilment::reserve(LockedOrder& order, const OrderCommand& command) {
    if (order.status != OrderStatus::kPending) {
        return CommandOutcome::kUnchanged;
    }
    std::vector<Shortage> shortages = shortages_of(order);
    if (shortages.empty()) {
        move_stock(order, kTake, command);
        record(order, OrderStatus::kConfirmed, command);
    } else {
        record(order, OrderStatus::kRejected, command).shortages = std::move(shortages);
    }
    return CommandOutcome::kApplied;
}

// Without shortages: a rejection that is not the customer's fault (see rejection_of).
CommandOutcome Fulfilment::abandon(LockedOrder& order, const OrderCommand& command) {
    if (order.status != OrderStatus::kPending) {
        return CommandOutcome::kUnchanged;
    }
    record(order, OrderStatus::kRejected, command);
    return CommandOutcome::kApplied;
}

CommandOutcome Fulfilment::change_status(LockedOrder& order, const OrderCommand& command) {
    if (command.new_status == order.status) {
        return CommandOutcome::kUnchanged;
    }
    if (is_set_by_the_system(command.new_status) ||
        !can_become(order.status, order.payment, command.new_status)) {
        return CommandOutcome::kRefused;
    }
    const bool restock = command.new_status == OrderStatus::kCancelled && holds_stock(order.status);
    if (restock) {
        move_stock(order, kGiveBack, command);
    }
    record(order, command.new_status, command).restocked = restock;
    return CommandOutcome::kApplied;
}

std::vector<Shortage> Fulfilment::shortages_of(const LockedOrder& order) const {
    std::vector<Shortage> shortages;
    for (const OrderLine& line : order.lines) {
        const auto shelf = shelves_.find(line.product_id);
        const int available = shelf == shelves_.end() ? 0 : shelf->second.stock.quantity;
        if (line.quantity > available) {
            shortages.push_back({line.product_id, line.quantity, available});
        }
    }
    return shortages;
}

void Fulfilment::move_stock(const LockedOrder& order, int direction, const OrderCommand& command) {
    for (const OrderLine& line : order.lines) {
        Shelf& shelf = shelves_.at(line.product_id);
        const int quantity = direction * line.quantity;
        shelf.stock.quantity += quantity;
        shelf.traceparent = command.traceparent;
        movements_.push_back({order.id, line.product_id, quantity});
    }
}

Transition& Fulfilment::record(LockedOrder& order, OrderStatus to, const OrderCommand& command) {
    Transition transition;
    transition.from = order.status;
    transition.reason = command.reason;
    transition.traceparent = command.traceparent;
    order.payment = payment_after(order.status, to, order.payment, payments_);
    order.status = to;
    order.version += 1;
    transition.order = order;
    transitions_.push_back(std::move(transition));
    return transitions_.back();
}

std::vector<const Transition*> Fulfilment::last_transitions() const {
    std::vector<const Transition*> last;
    std::unordered_set<std::string> seen;
    for (auto transition = transitions_.rbegin(); transition != transitions_.rend(); ++transition) {
        if (seen.insert(transition->order.id).second) {
            last.push_back(&*transition);
        }
    }
    return last;
}

std::vector<StockChange> Fulfilment::stock_changes() const {
    std::vector<StockChange> changes;
    for (const auto& [product_id, shelf] : shelves_) {
        if (shelf.stock.quantity != shelf.initial_quantity) {
            changes.push_back({shelf.stock, shelf.initial_quantity, shelf.traceparent, false});
            changes.back().stock.version += 1;
        }
    }
    std::sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) {
        return a.stock.product_id < b.stock.product_id;
    });
    return changes;
}

}  // namespace shop
