#pragma once

#include <string>

#include "app/auth/identity.h"
#include "app/models/order.h"
#include "carafe/http/problem.h"
#include "carafe/http/response.h"

namespace shop {

// 200 with the order as it is.
carafe::http::Response order_response(const Order& order, Role viewer);
// 202: the command is under way, and this is the order as it was when it was sent.
carafe::http::Response command_accepted(
    const std::string& command_id, const Order& order, Role viewer
);
// 409: the order cannot get there from its status.
carafe::http::Problem change_not_allowed();

}  // namespace shop
