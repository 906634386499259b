#include "routes/http.h"

#include "app/controllers/docs_controller.h"
#include "app/controllers/inventory_controller.h"
#include "app/controllers/ops_cluster_controller.h"
#include "app/controllers/ops_dead_letters_controller.h"
#include "app/controllers/ops_pauses_controller.h"
#include "app/controllers/ops_redrives_controller.h"
#include "app/controllers/order_status_controller.h"
#include "app/controllers/orders_controller.h"
#include "app/controllers/products_controller.h"
#include "app/controllers/sessions_controller.h"
#include "app/controllers/users_controller.h"

namespace shop::routes {

namespace {

// How an action is reached: on the threads of a queue, with a controller of its own.
class ByWayOf {
public:
    ByWayOf(RequestQueue& queue, Services& services) : queue_(queue), services_(services) {}

    template <typename C>
    auto operator()(Response (C::*action)()) const {
        return [&queue = queue_, &services = services_, action](const Request& request) {
            return queue.serve(request, [&services, action](const Request& queued) {
                return (C(services, queued).*action)();
            });
        };
    }

private:
    RequestQueue& queue_;
    Services& services_;
};

}  // namespace

void http(carafe::http::Router& router, Services& services) {
    const ByWayOf to(services.requests, services);
    const ByWayOf hashing(services.hashing, services);
    router.also_under({"/api", "/api/v1"});

    router.post("/users", hashing(&UsersController::create));
    router.post("/sessions", hashing(&SessionsController::create));
    router.del("/sessions/current", to(&SessionsController::destroy));
    router.get("/me", to(&SessionsController::show));

    router.get("/products", to(&ProductsController::index));
    router.get("/products/:id", to(&ProductsController::show));
    router.post("/products", to(&ProductsController::create));
    router.patch("/products/:id", to(&ProductsController::update));
    router.del("/products/:id", to(&ProductsController::archive));

    router.get("/inventory", to(&InventoryController::index));
    router.get("/inventory/:product_id", to(&InventoryController::show));
    router.post("/inventory/:product_id/adjustments", to(&InventoryController::adjust));

    router.post("/orders", to(&OrdersController::create));
    router.get("/orders", to(&OrdersController::index));
    router.get("/orders/:id", to(&OrdersController::show));
    router.get("/orders/:id/events", to(&OrdersController::events));

    router.put("/orders/:id/update_status", to(&OrderStatusController::request_change));
    router.patch("/orders/:id/status", to(&OrderStatusController::change));
    router.post("/orders/:id/cancel", to(&OrderStatusController::cancel));

    router.get("/ops/stats", to(&OpsClusterController::stats));
    router.get("/ops/topics", to(&OpsClusterController::topics));
    router.get("/ops/topics/:topic/messages", to(&OpsClusterController::messages));
    router.get("/ops/consumer_groups", to(&OpsClusterController::consumer_groups));
    router.post("/ops/consumer_groups/:group/pause", to(&OpsPausesController::pause));
    router.post("/ops/consumer_groups/:group/resume", to(&OpsPausesController::resume));
    router.get("/ops/traces/:order_id", to(&OpsClusterController::trace));
    router.get("/ops/lanes", to(&OpsPausesController::lanes));
    router.get("/ops/dead_letters", to(&OpsDeadLettersController::index));
    router.get("/ops/dead_letters/stats", to(&OpsDeadLettersController::stats));
    router.get("/ops/dead_letters/:topic/:partition/:offset", to(&OpsDeadLettersController::show));
    router.post("/ops/dead_letters/discard", to(&OpsDeadLettersController::discard));
    router.post("/ops/redrives", to(&OpsRedrivesController::create));
    router.get("/ops/redrives", to(&OpsRedrivesController::index));
    router.get("/ops/redrives/:id", to(&OpsRedrivesController::show));
    router.post("/ops/redrives/:id/cancel", to(&OpsRedrivesController::cancel));
    router.post("/ops/redrives/:id/resume", to(&OpsRedrivesController::resume));
    router.get("/ops/audit", to(&OpsRedrivesController::audit));

    router.get("/openapi.json", show_openapi);
    router.get("/docs", show_docs);
}

}  // namespace shop::routes
