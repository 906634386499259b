#pragma once

#include <optional>
#include <pqxx/pqxx>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/models/product.h"

namespace shop {

// How much there is of a product.
struct InventoryLevel {
    // Below this an administrator should order more (contract, sockets: low_stock).
    static constexpr int kLow = 10;

    std::string product_id;
    std::string sku;
    std::string name;
    int quantity = 0;
    int version = 1;
    std::string updated_at;
    std::int64_t taken = 0;  // by orders that are confirmed or being processed

    static std::optional<InventoryLevel> find(
        pqxx::transaction_base& tx, const std::string& product_id
    );
    static std::vector<InventoryLevel> list(
        pqxx::transaction_base& tx, const Product::Filter& filter
    );
};

struct Adjustment {
    std::string product_id;
    int delta = 0;
    std::string reason;
    std::string traceparent;  // may be empty
};

// What moved the stock of a product.
struct StockMovement {
    std::string id;
    Adjustment adjustment;
    std::string at;
};

// There would be less than nothing, or more than can be counted.
class NoSuchStock : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// Moves the stock by hand, under its row lock, and announces inventory.updated in the same
// transaction. Nothing when there is no such product. Throws NoSuchStock.
std::optional<StockMovement> adjust_stock(pqxx::transaction_base& tx, const Adjustment& adjustment);

}  // namespace shop
