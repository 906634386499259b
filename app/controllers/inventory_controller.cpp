#include "app/controllers/inventory_controller.h"

#include <boost/json.hpp>

#include "app/controllers/page.h"
#include "app/controllers/params.h"
#include "app/controllers/query.h"
#include "app/models/inventory.h"
#include "app/serializers/serializers.h"

namespace shop {

namespace {

constexpr int kMostDelta = 1'000'000;

}  // namespace

Response InventoryController::index() {
    current_admin();
    check_query(request(), {"q", "limit", "cursor"});
    const Page page(request());
    const Product::Filter filter{query_text(request(), "q"), page.after(), page.rows_wanted()};
    boost::json::array rows;
    for (const InventoryLevel& level :
         with_database([&](auto& tx) { return InventoryLevel::list(tx, filter); })) {
        rows.push_back(serializers::inventory_level(level));
    }
    return page.response(std::move(rows), "product_id");
}

Response InventoryController::show() {
    current_admin();
    const std::string id = id_param("product_id");
    const auto level = with_database([&](auto& tx) { return InventoryLevel::find(tx, id); });
    if (!level) {
        throw not_found();
    }
    return json(200, serializers::inventory_level(*level));
}

Response InventoryController::adjust() {
    current_admin();
    Adjustment adjustment;
    adjustment.product_id = id_param("product_id");
    adjustment.traceparent = traceparent();
    Params params(request().body);
    adjustment.delta = static_cast<int>(params.integer("delta", {-kMostDelta, kMostDelta}));
    if (adjustment.delta == 0) {
        params.refuse("delta", "must not be 0");
    }
    adjustment.reason = params.text("reason", {1, 200, true});
    params.finish();
    try {
        const auto movement =
            services().database.transaction([&](auto& tx) { return adjust_stock(tx, adjustment); });
        if (!movement) {
            throw not_found();
        }
        services().relay.notify();
        return json(201, serializers::movement(*movement));
    } catch (const NoSuchStock&) {
        throw carafe::http::Problem(
            422,
            "The stock cannot be moved by so much.",
            {{"/delta", "would leave less than nothing, or more than can be counted"}}
        );
    }
}

}  // namespace shop
