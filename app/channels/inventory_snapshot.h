#pragma once

#include <pqxx/pqxx>
#include <string>

namespace shop {

// The stock of all products, as serialised JSON: [{product_id, sku, name, stock, stock_version}].
std::string inventory_snapshot(pqxx::transaction_base& tx);

}  // namespace shop
