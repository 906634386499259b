#pragma once

#include <functional>
#include <optional>
#include <pqxx/pqxx>
#include <stdexcept>
#include <string>

#include "app/models/product.h"

namespace shop {

struct ProductDraft {
    std::string sku;
    std::string name;
    std::string description;
    std::string category;
    Money price;
    int stock = 0;
};

// Empty fields stay as they are.
struct ProductChange {
    std::optional<std::string> name;
    std::optional<std::string> description;
    std::optional<std::string> category;
    std::optional<Money> price;
};

// Whether who wants to change a product knows it as it is, at this version.
using Knows = std::function<bool(int version)>;

class SkuTaken : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The product is of another version than the caller knows.
class ProductHasChanged : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What administrators do with products. Each announces it as product.created or product.updated in
// the same transaction, under the product's row lock; `traceparent` may be empty.
namespace catalogue {

// Throws SkuTaken.
Product add(pqxx::transaction_base& tx, const ProductDraft& draft, const std::string& traceparent);

// Nothing when there is no such product. Throws ProductHasChanged.
std::optional<Product> change(
    pqxx::transaction_base& tx,
    const std::string& id,
    const ProductChange& change,
    const Knows& knows,
    const std::string& traceparent
);

// The product can no longer be ordered or found. False when there is none. Throws
// ProductHasChanged.
bool archive(
    pqxx::transaction_base& tx,
    const std::string& id,
    const Knows& knows,
    const std::string& traceparent
);

}  // namespace catalogue

}  // namespace shop
