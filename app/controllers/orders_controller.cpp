#include "app/controllers/orders_controller.h"

#include <boost/json.hpp>

#include "app/controllers/order_filter.h"
#include "app/controllers/page.h"
#include "app/controllers/query.h"
#include "app/models/order_history.h"
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
    return json(200, serializers::order(*visible_order(), current_user().role));
}

Response OrdersController::events() {
    const auto order = visible_order();
    check_query(request(), {"limit", "cursor"});
    const Page page(request());
    boost::json::array rows;
    for (const HistoryEntry& entry : with_database([&](auto& tx) {
             return order_history(tx, order->id, page.after(), page.rows_wanted());
         })) {
        rows.push_back(serializers::order_event(entry));
    }
    return page.response(std::move(rows));
}

Placement OrdersController::place(const OrderForm& form) {
    try {
        OrderDraft draft = form.draft_for(current_user().user_id);
        draft.orders_per_minute = services().orders_per_minute;
        return with_database([&](auto& tx) { return place_order(tx, draft, form.key()); });
    } catch (const OrderRefused& refused) {
        throw form.problem(refused);
    } catch (const TooManyOrders& error) {
        throw Problem(429, "You have placed as many orders as a minute allows.")
            .with("Retry-After", std::to_string(error.wait().count()));
    } catch (const IdempotencyKeyReused&) {
        throw Problem(422, "This Idempotency-Key was used for another request.");
    } catch (const IdempotencyKeyInUse&) {
        throw Problem(409, "The first request with this Idempotency-Key is still under way.")
            .with("Retry-After", "1");
    }
}

}  // namespace shop
