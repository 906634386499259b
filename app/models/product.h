#pragma once

#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "app/models/money.h"

namespace shop {

struct Product {
    std::string id;
    std::string sku;
    std::string name;
    std::string description;
    std::string category;
    Money price;
    int stock = 0;
    int version = 1;
    int stock_version = 1;
    bool archived = false;  // such a one is only ever announced
    std::string created_at;
    std::string updated_at;

    // Products that can be ordered; archived ones are not found.
    static std::optional<Product> find(pqxx::transaction_base& tx, const std::string& id);

    struct Filter {
        std::optional<std::string> text;   // in the name or the SKU, in any case
        std::optional<std::string> after;  // a product id
        int limit = 20;
    };
    static std::vector<Product> list(pqxx::transaction_base& tx, const Filter& filter);
};

}  // namespace shop
