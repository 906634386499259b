#include "routes/http.h"

#include "app/controllers/order_status_controller.h"
#include "app/controllers/orders_controller.h"
#include "app/controllers/products_controller.h"
#include "app/controllers/sessions_controller.h"

namespace shop::routes {

void http(carafe::http::Router& router, Services& services) {
    const auto to = [&services]<typename C>(Response (C::*action)()) {
        return [&services, action](const Request& request) {
            return (C(services, request).*action)();
        };
    };
    router.also_under({"/api", "/api/v1"});

    router.post("/sessions", to(&SessionsController::create));
    router.del("/sessions/current", to(&SessionsController::destroy));
    router.get("/me", to(&SessionsController::show));

    router.get("/products", to(&ProductsController::index));
    router.get("/products/:id", to(&ProductsController::show));

    router.post("/orders", to(&OrdersController::create));
    router.get("/orders", to(&OrdersController::index));
    router.get("/orders/:id", to(&OrdersController::show));

    router.put("/orders/:id/update_status", to(&OrderStatusController::request_change));
    router.patch("/orders/:id/status", to(&OrderStatusController::change));
    router.post("/orders/:id/cancel", to(&OrderStatusController::cancel));
}

}  // namespace shop::routes
