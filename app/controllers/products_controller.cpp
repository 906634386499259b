#include "app/controllers/products_controller.h"

#include <boost/json.hpp>

#include "app/controllers/entity_tag.h"
#include "app/controllers/page.h"
#include "app/controllers/product_form.h"
#include "app/controllers/query.h"
#include "app/serializers/serializers.h"

namespace shop {

namespace {

using carafe::http::Problem;

Problem has_changed() {
    return {412, "The product has changed since. Look at it again."};
}

Response product_response(int status, const Product& product) {
    return Response::json(status, boost::json::serialize(serializers::product(product)))
        .with("ETag", entity_tag(product));
}

}  // namespace

Response ProductsController::index() {
    check_query(request(), {"q", "limit", "cursor"});
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
    return product_response(200, *product);
}

Response ProductsController::create() {
    current_admin();
    const ProductDraft draft = read_product_draft(request().body);
    try {
        const Product product = services().database.transaction([&](auto& tx) {
            return catalogue::add(tx, draft, traceparent());
        });
        services().relay.notify();
        return product_response(201, product).with("Location", request().path + "/" + product.id);
    } catch (const SkuTaken&) {
        throw Problem(409, "There is a product with this SKU.", {{"/sku", "is taken"}});
    }
}

Response ProductsController::update() {
    current_admin();
    const std::string id = id_param();
    const auto match = IfMatch::of(request());
    if (!match) {
        throw Problem(428, "Say in If-Match which version of the product you know.");
    }
    const ProductChange change = read_product_change(request().body);
    try {
        const auto product = services().database.transaction([&](auto& tx) {
            const auto knows = [&](int version) { return match->knows(version); };
            return catalogue::change(tx, id, change, knows, traceparent());
        });
        if (!product) {
            throw not_found();
        }
        services().relay.notify();
        return product_response(200, *product);
    } catch (const ProductHasChanged&) {
        throw has_changed();
    }
}

Response ProductsController::archive() {
    current_admin();
    const std::string id = id_param();
    const auto match = IfMatch::of(request());
    try {
        const bool was_there = services().database.transaction([&](auto& tx) {
            const auto knows = [&](int version) { return !match || match->knows(version); };
            return catalogue::archive(tx, id, knows, traceparent());
        });
        if (!was_there) {
            throw not_found();
        }
        services().relay.notify();
        return Response::no_content();
    } catch (const ProductHasChanged&) {
        throw has_changed();
    }
}

}  // namespace shop
