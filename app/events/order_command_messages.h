#pragma once

#include <string>

#include "app/models/order_command.h"
#include "carafe/message.h"
#include "carafe/producer.h"

namespace shop {

// How commands look on the topics `inventory` and `orders` (contract, topics).

// What a record on `inventory` asks for. Throws carafe::UndecodableError.
OrderCommand read_inventory_command(const carafe::Message& message);
// What a record on `orders` asks for. Throws carafe::UndecodableError.
OrderCommand read_order_command(const carafe::Message& message);

// What a record on `order.updated` or `order.cancelled` is about.
struct OrderNews {
    std::string order_id;
    bool is_confirmation = false;  // the order became confirmed
};
// Throws carafe::UndecodableError.
OrderNews read_order_news(const carafe::Message& message);

// STOCK_RESERVE_REQUEST, without its envelope's id and time.
std::string stock_reserve_request(const std::string& order_id);
// ORDER_STATUS_CHANGE on `orders`; the command has an id.
carafe::Record order_status_change(const OrderCommand& command, const std::string& requested_by);

}  // namespace shop
