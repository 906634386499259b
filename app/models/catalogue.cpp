#include "app/models/catalogue.h"

#include "app/events/product_events.h"
#include "app/models/clock.h"
#include "app/models/database.h"
#include "app/models/domain_event.h"
#include "app/models/uuid.h"

namespace shop::catalogue {

namespace {

constexpr Statement kInsert{"insert_product", R"(
    INSERT INTO products (id, sku, name, description, category, price_minor, currency)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (sku) DO NOTHING RETURNING 1
)"};

// The opening stock is a movement too, so that the sum of the movements is the quantity.
constexpr Statement kInsertStock{"insert_stock", R"(
    WITH opening AS (INSERT INTO stock (product_id, quantity) VALUES ($1, $2::int))
    INSERT INTO stock_movements (id, product_id, kind, quantity, reason, at)
    SELECT $3, $1, 'adjust', $2::int, 'opening stock', now() WHERE $2::int > 0
)"};

constexpr Statement kLock{"lock_product", R"(
    SELECT version FROM products WHERE id = $1 AND archived_at IS NULL FOR NO KEY UPDATE
)"};

constexpr Statement kUpdate{"update_product", R"(
    UPDATE products
    SET name = coalesce($2, name), description = coalesce($3, description),
        category = coalesce($4, category), price_minor = coalesce($5::bigint, price_minor),
        currency = coalesce($6, currency), version = version + 1, updated_at = now()
    WHERE id = $1
)"};

constexpr Statement kArchive{"archive_product", R"(
    UPDATE products SET archived_at = now(), version = version + 1, updated_at = now()
    WHERE id = $1
)"};

// Whether there is such a product; it is locked then.
bool lock(pqxx::transaction_base& tx, const std::string& id, const Knows& knows) {
    const pqxx::result rows = run(tx, kLock, id);
    if (rows.empty()) {
        return false;
    }
    if (!knows(rows[0][0].as<int>())) {
        throw ProductHasChanged("the product has another version");
    }
    return true;
}

void announce(
    pqxx::transaction_base& tx,
    const std::string& type,
    const Product& product,
    const std::string& traceparent
) {
    publish(tx, {product_event(type, product, now_rfc3339(), traceparent)});
}

}  // namespace

Product add(pqxx::transaction_base& tx, const ProductDraft& draft, const std::string& traceparent) {
    const std::string id = new_uuid();
    const pqxx::result inserted =
        run(tx,
            kInsert,
            id,
            draft.sku,
            draft.name,
            draft.description,
            draft.category,
            draft.price.amount_minor,
            draft.price.currency);
    if (inserted.empty()) {
        throw SkuTaken("there is a product with this SKU");
    }
    run(tx, kInsertStock, id, draft.stock, new_uuid());
    Product product = Product::find(tx, id).value();
    announce(tx, "product.created", product, traceparent);
    return product;
}

std::optional<Product> change(
    pqxx::transaction_base& tx,
    const std::string& id,
    const ProductChange& change,
    const Knows& knows,
    const std::string& traceparent
) {
    if (!lock(tx, id, knows)) {
        return std::nullopt;
    }
    std::optional<std::string> amount;
    std::optional<std::string> currency;
    if (change.price) {
        amount = std::to_string(change.price->amount_minor);
        currency = change.price->currency;
    }
    run(tx,
        kUpdate,
        id,
        nullable(change.name),
        nullable(change.description),
        nullable(change.category),
        nullable(amount),
        nullable(currency));
    auto product = Product::find(tx, id);
    announce(tx, "product.updated", product.value(), traceparent);
    return product;
}

bool archive(
    pqxx::transaction_base& tx,
    const std::string& id,
    const Knows& knows,
    const std::string& traceparent
) {
    if (!lock(tx, id, knows)) {
        return false;
    }
    Product product = Product::find(tx, id).value();
    run(tx, kArchive, id);
    product.version += 1;
    product.archived = true;
    announce(tx, "product.updated", product, traceparent);
    return true;
}

}  // namespace shop::catalogue
