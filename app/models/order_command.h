#pragma once

#include <optional>
#include <string>

#include "app/models/order_status.h"

namespace shop {

// What someone asks of an order. Carried out by the consumers, under the order's row lock.
struct OrderCommand {
    enum class Kind {
        kReserve,       // take the stock of a pending order, or reject it
        kChangeStatus,  // make it `new_status`
        kAbandon,       // reject a pending order: its reservation will never be carried out
    };

    Kind kind = Kind::kReserve;
    std::optional<std::string> id;  // who sent it may wait for its outcome by this
    std::string order_id;
    OrderStatus new_status = OrderStatus::kPending;
    std::optional<std::string> reason;
    std::string traceparent;

    // Whether carrying it out may take stock or give it back.
    [[nodiscard]] bool may_move_stock() const {
        return kind == Kind::kReserve || new_status == OrderStatus::kCancelled;
    }
};

enum class CommandOutcome {
    kApplied,
    kUnchanged,  // the order was already there
    kRefused,    // not possible from the order's status
};

std::string_view to_string(CommandOutcome outcome);

}  // namespace shop
