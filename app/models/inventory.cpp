#include "app/models/inventory.h"

#include "app/events/order_events.h"
#include "app/models/clock.h"
#include "app/models/database.h"
#include "app/models/domain_event.h"
#include "app/models/uuid.h"

namespace shop {

namespace {

constexpr int kMostStock = 1'000'000'000;

// One pass over the open orders for the whole page.
constexpr Statement kList{"list_inventory", R"(
    WITH page AS (
        SELECT product_id, sku, name, quantity, stock_version, stock.updated_at
        FROM products JOIN stock ON stock.product_id = products.id
        WHERE archived_at IS NULL
          AND ($1::uuid IS NULL OR products.id = $1::uuid)
          AND ($2::text IS NULL OR strpos(lower(name || ' ' || sku), lower($2)) > 0)
          AND ($3::uuid IS NULL OR products.id > $3::uuid)
        ORDER BY products.id LIMIT $4
    ), taken AS (
        SELECT item.product_id, sum(item.quantity) AS quantity
        FROM orders JOIN order_items item ON item.order_id = orders.id
        WHERE status IN ('confirmed', 'processing')
          AND item.product_id IN (SELECT product_id FROM page)
        GROUP BY item.product_id
    )
    SELECT page.product_id, sku, name, page.quantity, stock_version, rfc3339(updated_at),
           coalesce(taken.quantity, 0)
    FROM page LEFT JOIN taken ON taken.product_id = page.product_id ORDER BY page.product_id
)"};

constexpr Statement kLock{"lock_stock_of_product", R"(
    SELECT sku, quantity, stock_version
    FROM stock JOIN products ON products.id = stock.product_id
    WHERE product_id = $1 AND archived_at IS NULL FOR NO KEY UPDATE OF stock
)"};

constexpr Statement kUpdate{"adjust_stock", R"(
    UPDATE stock SET quantity = $2, stock_version = $3, updated_at = $4 WHERE product_id = $1
)"};

constexpr Statement kInsertMovement{"insert_adjustment", R"(
    INSERT INTO stock_movements (id, product_id, kind, quantity, reason, at)
    VALUES ($1, $2, 'adjust', $3, $4, $5)
)"};

InventoryLevel read(const pqxx::row& row) {
    return {
        row[0].c_str(),
        row[1].c_str(),
        row[2].c_str(),
        row[3].as<int>(),
        row[4].as<int>(),
        row[5].c_str(),
        row[6].as<std::int64_t>()};
}

// The stock as it will be.
LockedStock moved(const pqxx::row& row, const Adjustment& adjustment) {
    const std::int64_t quantity = row[1].as<std::int64_t>() + adjustment.delta;
    if (quantity < 0 || quantity > kMostStock) {
        throw NoSuchStock("the stock cannot be moved by so much");
    }
    return {
        adjustment.product_id, row[0].c_str(), static_cast<int>(quantity), row[2].as<int>() + 1};
}

}  // namespace

std::optional<InventoryLevel> InventoryLevel::find(
    pqxx::transaction_base& tx, const std::string& product_id
) {
    const pqxx::result rows = run(tx, kList, product_id, nullptr, nullptr, 1);
    return rows.empty() ? std::nullopt : std::optional(read(rows[0]));
}

std::vector<InventoryLevel> InventoryLevel::list(
    pqxx::transaction_base& tx, const Product::Filter& filter
) {
    std::vector<InventoryLevel> levels;
    const auto rows =
        run(tx, kList, nullptr, nullable(filter.text), nullable(filter.after), filter.limit);
    for (const auto& row : rows) {
        levels.push_back(read(row));
    }
    return levels;
}

std::optional<StockMovement> adjust_stock(
    pqxx::transaction_base& tx, const Adjustment& adjustment
) {
    const pqxx::result rows = run(tx, kLock, adjustment.product_id);
    if (rows.empty()) {
        return std::nullopt;
    }
    const StockMovement movement{new_uuid(), adjustment, now_rfc3339()};
    StockChange change;
    change.stock = moved(rows[0], adjustment);
    change.previous_quantity = rows[0][1].as<int>();
    change.traceparent = adjustment.traceparent;
    change.is_adjustment = true;
    run(tx, kUpdate, adjustment.product_id, change.stock.quantity, change.stock.version, movement.at
    );
    run(tx,
        kInsertMovement,
        movement.id,
        adjustment.product_id,
        adjustment.delta,
        adjustment.reason,
        movement.at);
    publish(tx, {inventory_updated(change, movement.at)});
    return movement;
}

}  // namespace shop
