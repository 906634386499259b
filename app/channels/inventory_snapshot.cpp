#include "app/channels/inventory_snapshot.h"

#include <boost/json.hpp>

#include "app/models/product.h"

namespace shop {

namespace {

constexpr int kMostProducts = 1'000;

}  // namespace

std::string inventory_snapshot(pqxx::transaction_base& tx) {
    boost::json::array products;
    for (const Product& product : Product::list(tx, {{}, {}, kMostProducts})) {
        products.push_back(
            {{"product_id", product.id},
             {"sku", product.sku},
             {"name", product.name},
             {"stock", product.stock},
             {"stock_version", product.stock_version}}
        );
    }
    return boost::json::serialize(products);
}

}  // namespace shop
