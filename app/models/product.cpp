#include "app/models/product.h"

#include "app/models/database.h"

namespace shop {

namespace {

const std::string kSelect = R"(
    SELECT id, sku, name, description, category, price_minor, currency, quantity, version,
           stock_version, rfc3339(products.created_at),
           rfc3339(greatest(products.updated_at, stock.updated_at))
    FROM products JOIN stock ON stock.product_id = products.id
    WHERE archived_at IS NULL)";

const std::string kFindSql = kSelect + " AND id = $1::uuid";
const std::string kListSql = kSelect + R"(
      AND ($1::text IS NULL OR strpos(lower(name || ' ' || sku), lower($1)) > 0)
      AND ($2::uuid IS NULL OR id > $2::uuid)
    ORDER BY id LIMIT $3)";

const Statement kFind{"find_product", kFindSql.c_str()};
const Statement kList{"list_products", kListSql.c_str()};

Product read(const pqxx::row& row) {
    Product product;
    product.id = row[0].c_str();
    product.sku = row[1].c_str();
    product.name = row[2].c_str();
    product.description = row[3].c_str();
    product.category = row[4].c_str();
    product.price = {row[5].as<std::int64_t>(), row[6].c_str()};
    product.stock = row[7].as<int>();
    product.version = row[8].as<int>();
    product.stock_version = row[9].as<int>();
    product.created_at = row[10].c_str();
    product.updated_at = row[11].c_str();
    return product;
}

}  // namespace

std::optional<Product> Product::find(pqxx::transaction_base& tx, const std::string& id) {
    const pqxx::result rows = run(tx, kFind, id);
    return rows.empty() ? std::nullopt : std::optional(read(rows[0]));
}

std::vector<Product> Product::list(pqxx::transaction_base& tx, const Filter& filter) {
    std::vector<Product> products;
    const auto rows = run(tx, kList, nullable(filter.text), nullable(filter.after), filter.limit);
    for (const auto& row : rows) {
        products.push_back(read(row));
    }
    return products;
}

}  // namespace shop
