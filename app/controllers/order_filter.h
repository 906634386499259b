#pragma once

#include <optional>
#include <string>

#include "app/controllers/page.h"
#include "app/models/order.h"

namespace shop {

// What GET /orders?status=&user_id=&q=&from=&to= asks for. `owner`, when given, restricts the list
// to that customer. Throws Problem 400 naming the parameter.
Order::Filter order_filter(
    const carafe::http::Request& request, const std::optional<std::string>& owner, const Page& page
);

}  // namespace shop
