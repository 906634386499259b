#include "app/controllers/products_controller.h"

#include <boost/json.hpp>

#include "app/controllers/page.h"
#include "app/models/product.h"
#include "app/serializers/serializers.h"

namespace shop {

namespace {

std::string etag_of(const Product& product) {
    return '"' + std::to_string(product.version) + '-' + std::to_string(product.stock_version) +
           '"';
}

}  // namespace

Response ProductsController::index() {
    const Page page(request());
    const Product::Filter filter{query_text(request(), "q"), page.after(), page.rows_wanted()};
    boost::json::array rows;
    for (const Product& product :
         with_database([&](auto& tx) { return Product::list(tx, filter); })) {
        rows.push_back(serializers::product(product));
    }
    return page.response(std::move(rows));
}

Response ProductsController::show() {
    const std::string id = id_param();
    const auto product = with_database([&](auto& tx) { return Product::find(tx, id); });
    if (!product) {
        throw not_found();
    }
    return json(200, serializers::product(*product)).with("ETag", etag_of(*product));
}

}  // namespace shop
