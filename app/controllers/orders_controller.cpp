#include "app/controllers/orders_controller.h"

#include <boost/json.hpp>

#include "app/controllers/order_filter.h"
#include "app/controllers/page.h"
#include "app/serializers/serializers.h"

namespace shop {

using carafe::http::Problem;

Response OrdersController::create() {
    const Identity& customer = current_customer();
    const OrderForm form(request());
    if (form.user_id().value_or(customer.user_id) != customer.user_id) {
        throw Problem(403, "Orders are placed for oneself only.");
    }
    const auto [order, replayed] = place(form);
    services().relay.notify();
    Response response = json(201, serializers::order(order, customer.role))
                            .with("Location", request().path + "/" + order.id);
    return replayed ? std::move(response).with("Idempotent-Replayed", "true") : response;
}

Response OrdersController::index() {
    const Page page(request());
    const Order::Filter filter = order_filter(request(), visible_owner(), page);
    boost::json::array rows;
    for (const Order& order : with_database([&](auto& tx) { return Order::list(tx, filter); })) {
        rows.push_back(serializers::order(order, current_user().role));
    }
    return page.response(std::move(rows));
}

Response OrdersController::show() {
    const auto owner = visible_owner();
    const std::string id = id_param();
    const auto order = with_database([&](auto& tx) { return Order::find(tx, id, owner); });
    if (!order) {
        throw not_found();
    }
    return json(200, serializers::order(*order, current_user().role));
}

Placement OrdersController::place(const OrderForm& form) {
    try {
        const OrderDraft draft = form.draft_for(current_user().user_id);
        return with_database([&](auto& tx) { return place_order(tx, draft, form.key()); });
    } catch (const OrderRefused& refused) {
        throw form.problem(refused);
    } catch (const IdempotencyKeyReused&) {
        throw Problem(422, "This Idempotency-Key was used for another request.");
    } catch (const IdempotencyKeyInUse&) {
        throw Problem(409, "The first request with this Idempotency-Key is still under way.")
            .with("Retry-After", "1");
    }
}

}  // namespace shop
