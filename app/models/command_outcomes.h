#pragma once

#include <map>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "app/models/order.h"

namespace shop {

// A command that has been decided, and its order as it is now.
struct DecidedOrder {
    std::string command_id;
    bool refused = false;
    Order order;
};

// Those of the commands that have been decided; at most two statements.
std::vector<DecidedOrder> decided_orders(
    pqxx::transaction_base& tx, const std::vector<std::string>& command_ids
);

}  // namespace shop
