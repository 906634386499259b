#include "app/models/fulfilment_records.h"

#include <boost/json/serialize.hpp>
#include <unordered_set>
#include <utility>

#include "app/events/order_events.h"
#include "app/models/clock.h"
#include "app/models/database.h"
#include "app/models/domain_event.h"
#include "app/models/uuid.h"

namespace shop::fulfilment_records {

namespace {

// A row for each line. Plain FOR UPDATE would hold up inserts whose foreign keys point here. OFFSET
// 0 keeps the lines of each order a search by key: a table that grows fast has no statistics yet,
// and a join would read all of it.
constexpr Statement kLockOrders{"lock_orders", R"(
    WITH locked AS (
        SELECT id, order_number, user_id, status, payment_status, order_version
        FROM orders WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE
    )
    SELECT locked.*, product_id, quantity
    FROM locked LEFT JOIN LATERAL (
        SELECT product_id, quantity, position FROM order_items WHERE order_id = locked.id OFFSET 0
    ) AS line ON true
    ORDER BY locked.id, position
)"};

constexpr Statement kLockStock{"lock_stock", R"(
    SELECT stock.product_id, products.sku, stock.quantity, stock.stock_version
    FROM stock JOIN products ON products.id = stock.product_id
    WHERE stock.product_id = ANY ($1::uuid[])
    ORDER BY stock.product_id FOR NO KEY UPDATE OF stock
)"};

// Each array is a SELECT of its own: the server does not see how long it is, and so has no reason
// to plan the statement anew each time, which would take it as long as carrying it out.
constexpr Statement kSave{"save_fulfilment", R"(
    WITH changed AS (
        UPDATE orders
        SET status = change.status, payment_status = change.payment_status,
            order_version = change.version, rejection = change.rejection, updated_at = $1,
            cancelled_at = CASE change.status WHEN 'cancelled' THEN $1::timestamptz END
        FROM unnest(
            (SELECT $2::uuid[]), (SELECT $3::text[]), (SELECT $4::text[]), (SELECT $5::int[]),
            (SELECT $6::jsonb[])) AS change (id, status, payment_status, version, rejection)
        WHERE orders.id = change.id
    ), moved AS (
        UPDATE stock
        SET quantity = change.quantity, stock_version = change.version, updated_at = $1
        FROM unnest((SELECT $7::uuid[]), (SELECT $8::int[]), (SELECT $9::int[]))
            AS change (product_id, quantity, version)
        WHERE stock.product_id = change.product_id
    )
    INSERT INTO stock_movements (id, order_id, product_id, kind, quantity, at)
    SELECT id, order_id, product_id, CASE WHEN quantity < 0 THEN 'reserve' ELSE 'release' END,
           quantity, $1
    FROM unnest(
        (SELECT $10::uuid[]), (SELECT $11::uuid[]), (SELECT $12::uuid[]), (SELECT $13::int[]))
        AS movement (id, order_id, product_id, quantity)
)"};

constexpr Statement kDecidedCommands{"decided_commands", R"(
    SELECT command_id FROM order_commands WHERE command_id = ANY ($1::uuid[])
)"};

constexpr Statement kRememberCommands{"remember_commands", R"(
    INSERT INTO order_commands (command_id, order_id, outcome, decided_at)
    SELECT command_id, order_id, outcome, $4
    FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS command (command_id, order_id, outcome)
)"};

using Orders = std::vector<LockedOrder>;

Orders lock_orders(pqxx::transaction_base& tx, const std::vector<OrderCommand>& commands) {
    SqlArray ids;
    for (const OrderCommand& command : commands) {
        ids.add(command.order_id);
    }
    Orders orders;
    for (const auto& row : run(tx, kLockOrders, ids.text())) {
        if (orders.empty() || orders.back().id != row[0].c_str()) {
            orders.push_back(locked_order(row));
        }
        if (!row[6].is_null()) {
            orders.back().lines.push_back({row[6].c_str(), row[7].as<int>()});
        }
    }
    return orders;
}

// What is ordered by those open orders whose stock a command may move.
SqlArray products_that_may_move(const Orders& orders, const std::vector<OrderCommand>& commands) {
    std::unordered_set<std::string> asked;
    for (const OrderCommand& command : commands) {
        if (command.may_move_stock()) {
            asked.insert(command.order_id);
        }
    }
    SqlArray products;
    for (const LockedOrder& order : orders) {
        const bool is_open = order.status == OrderStatus::kPending || holds_stock(order.status);
        if (!is_open || asked.count(order.id) == 0) {
            continue;
        }
        for (const OrderLine& line : order.lines) {
            products.add(line.product_id);
        }
    }
    return products;
}

std::vector<LockedStock> lock_stock(pqxx::transaction_base& tx, const SqlArray& product_ids) {
    std::vector<LockedStock> stock;
    for (const auto& row : run(tx, kLockStock, product_ids.text())) {
        stock.push_back({row[0].c_str(), row[1].c_str(), row[2].as<int>(), row[3].as<int>()});
    }
    return stock;
}

void save_state(
    pqxx::transaction_base& tx,
    const Fulfilment& fulfilment,
    const std::vector<StockChange>& stock_changes,
    const std::string& now
) {
    SqlArray orders, statuses, payments, versions, rejections;
    for (const Transition* transition : fulfilment.last_transitions()) {
        const LockedOrder& order = transition->order;
        orders.add(order.id);
        statuses.add(to_string(order.status));
        payments.add(to_string(order.payment));
        versions.add(order.version);
        if (order.status == OrderStatus::kRejected) {
            rejections.add(boost::json::serialize(rejection_of(transition->shortages)));
        } else {
            rejections.add_null();
        }
    }
    SqlArray products, quantities, stock_versions;
    for (const StockChange& change : stock_changes) {
        products.add(change.stock.product_id);
        quantities.add(change.stock.quantity);
        stock_versions.add(change.stock.version);
    }
    SqlArray movements, moved_orders, moved_products, moved_quantities;
    for (const Movement& movement : fulfilment.movements()) {
        movements.add(new_uuid());
        moved_orders.add(movement.order_id);
        moved_products.add(movement.product_id);
        moved_quantities.add(movement.quantity);
    }
    run(tx,
        kSave,
        now,
        orders.text(),
        statuses.text(),
        payments.text(),
        versions.text(),
        rejections.text(),
        products.text(),
        quantities.text(),
        stock_versions.text(),
        movements.text(),
        moved_orders.text(),
        moved_products.text(),
        moved_quantities.text());
}

}  // namespace

LockedOrder locked_order(const pqxx::row& row) {
    LockedOrder order;
    order.id = row[0].c_str();
    order.number = row[1].c_str();
    order.user_id = row[2].c_str();
    order.status = parse_order_status(row[3].c_str()).value();
    order.payment = parse_payment_status(row[4].c_str()).value();
    order.version = row[5].as<int>();
    return order;
}

Fulfilment lock(
    pqxx::transaction_base& tx, const std::vector<OrderCommand>& commands, Payments payments
) {
    Orders orders = lock_orders(tx, commands);
    const SqlArray products = products_that_may_move(orders, commands);
    std::vector<LockedStock> stock;
    if (!products.empty()) {
        stock = lock_stock(tx, products);
    }
    return {std::move(orders), std::move(stock), payments};
}

void save(pqxx::transaction_base& tx, const Fulfilment& fulfilment) {
    if (fulfilment.transitions().empty()) {
        return;
    }
    const std::string now = now_rfc3339();
    const std::vector<StockChange> stock_changes = fulfilment.stock_changes();
    save_state(tx, fulfilment, stock_changes, now);

    std::vector<Event> events;
    events.reserve(fulfilment.transitions().size() + stock_changes.size());
    for (const Transition& transition : fulfilment.transitions()) {
        events.push_back(order_changed(transition, now));
    }
    for (const StockChange& change : stock_changes) {
        events.push_back(inventory_updated(change, now));
    }
    publish(tx, events);
}

std::vector<std::string> decided(
    pqxx::transaction_base& tx, const std::vector<OrderCommand>& commands
) {
    SqlArray ids;
    for (const OrderCommand& command : commands) {
        if (command.id) {
            ids.add(*command.id);
        }
    }
    std::vector<std::string> known;
    if (!ids.empty()) {
        for (const auto& row : run(tx, kDecidedCommands, ids.text())) {
            known.emplace_back(row[0].c_str());
        }
    }
    return known;
}

void remember(pqxx::transaction_base& tx, const std::vector<DecidedCommand>& commands) {
    if (commands.empty()) {
        return;
    }
    SqlArray ids, orders, outcomes;
    for (const DecidedCommand& command : commands) {
        ids.add(command.id);
        orders.add(command.order_id);
        outcomes.add(to_string(command.outcome));
    }
    run(tx, kRememberCommands, ids.text(), orders.text(), outcomes.text(), now_rfc3339());
}

}  // namespace shop::fulfilment_records
