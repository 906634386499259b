#pragma once

#include <boost/json/object.hpp>

#include "app/auth/identity.h"
#include "app/models/inventory.h"
#include "app/models/money.h"
#include "app/models/order.h"
#include "app/models/order_history.h"
#include "app/models/product.h"
#include "app/models/user.h"

// What leaves the building, field by field (contract, shapes).
namespace shop::serializers {

boost::json::object money(const Money& money);
boost::json::object product(const Product& product);
boost::json::object inventory_level(const InventoryLevel& level);
boost::json::object movement(const StockMovement& movement);
boost::json::object user(const User& user);
// An admin also sees who the customer is.
boost::json::object order(const Order& order, Role viewer);
boost::json::object order_event(const HistoryEntry& entry);

}  // namespace shop::serializers
