#include "app/controllers/status_responses.h"

#include <boost/json/serialize.hpp>

#include "app/serializers/serializers.h"

namespace shop {

using carafe::http::Response;

Response order_response(const Order& order, Role viewer) {
    return Response::json(200, boost::json::serialize(serializers::order(order, viewer)));
}

Response command_accepted(const std::string& command_id, const Order& order, Role viewer) {
    const boost::json::object body{
        {"command_id", command_id}, {"order", serializers::order(order, viewer)}};
    return Response::json(202, boost::json::serialize(body));
}

carafe::http::Problem change_not_allowed() {
    return {409, "The order cannot get to this status from the status it has."};
}

}  // namespace shop
