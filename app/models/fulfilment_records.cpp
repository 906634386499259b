#include "app/models/fulfilment_records.h"

#include <boost/json/serialize.hpp>
#include <unordered_map>

#include "app/events/order_events.h"
#include "app/models/clock.h"
#include "app/models/database.h"
#include "app/models/domain_event.h"
#include "app/models/uuid.h"

namespace shop::fulfilment_records {

namespace {

// Plain FOR UPDATE would hold up inserts whose foreign keys point here.
constexpr Statement kLockOrders{"lock_orders", R"(
    SELECT id, order_number, user_id, status, payment_status, order_version
    FROM orders WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE
)"};

constexpr Statement kLinesOfOrders{"lines_of_orders", R"(
    SELECT order_id, product_id, quantity
    FROM order_items WHERE order_id = ANY ($1::uuid[]) ORDER BY order_id, position
)"};

constexpr Statement kLockStock{"lock_stock", R"(
    SELECT stock.product_id, products.sku, stock.quantity, stock.stock_version
    FROM stock JOIN products ON products.id = stock.product_id
    WHERE stock.product_id = ANY ($1::uuid[])
    ORDER BY stock.product_id FOR NO KEY UPDATE OF stock
)"};

constexpr Statement kUpdateOrders{"update_orders", R"(
    UPDATE orders
    SET status = change.status, payment_status = change.payment_status,
        order_version = change.version, rejection = change.rejection, updated_at = $6,
        cancelled_at = CASE change.status WHEN 'cancelled' THEN $6::timestamptz END
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::jsonb[])
        AS change (id, status, payment_status, version, rejection)
    WHERE orders.id = change.id
)"};

constexpr Statement kUpdateStock{"update_stock", R"(
    UPDATE stock
    SET quantity = change.quantity, stock_version = change.version, updated_at = $4
    FROM unnest($1::uuid[], $2::int[], $3::int[]) AS change (product_id, quantity, version)
    WHERE stock.product_id = change.product_id
)"};

constexpr Statement kInsertMovements{"insert_movements", R"(
    INSERT INTO stock_movements (id, order_id, product_id, kind, quantity, at)
    SELECT id, order_id, product_id, CASE WHEN quantity < 0 THEN 'reserve' ELSE 'release' END,
           quantity, $5
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[])
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
        LockedOrder order;
        order.id = row[0].c_str();
        order.number = row[1].c_str();
        order.user_id = row[2].c_str();
        order.status = parse_order_status(row[3].c_str()).value();
        order.payment = parse_payment_status(row[4].c_str()).value();
        order.version = row[5].as<int>();
        orders.push_back(std::move(order));
    }
    return orders;
}

// The open orders among those whose stock a command may move, by id.
std::unordered_map<std::string, LockedOrder*> whose_stock_may_move(
    Orders& orders, const std::vector<OrderCommand>& commands
) {
    std::unordered_map<std::string, LockedOrder*> open;
    for (LockedOrder& order : orders) {
        if (order.status == OrderStatus::kPending || holds_stock(order.status)) {
            open.emplace(order.id, &order);
        }
    }
    std::unordered_map<std::string, LockedOrder*> moving;
    for (const OrderCommand& command : commands) {
        const auto order = command.may_move_stock() ? open.find(command.order_id) : open.end();
        if (order != open.end()) {
            moving.insert(*order);
        }
    }
    return moving;
}

std::vector<LockedStock> lock_stock(pqxx::transaction_base& tx, const SqlArray& product_ids) {
    std::vector<LockedStock> stock;
    for (const auto& row : run(tx, kLockStock, product_ids.text())) {
        stock.push_back({row[0].c_str(), row[1].c_str(), row[2].as<int>(), row[3].as<int>()});
    }
    return stock;
}

void update_orders(
    pqxx::transaction_base& tx, const Fulfilment& fulfilment, const std::string& now
) {
    SqlArray ids, statuses, payments, versions, rejections;
    for (const Transition* transition : fulfilment.last_transitions()) {
        const LockedOrder& order = transition->order;
        ids.add(order.id);
        statuses.add(to_string(order.status));
        payments.add(to_string(order.payment));
        versions.add(order.version);
        if (order.status == OrderStatus::kRejected) {
            rejections.add(boost::json::serialize(rejection_of(transition->shortages)));
        } else {
            rejections.add_null();
        }
    }
    run(tx,
        kUpdateOrders,
        ids.text(),
        statuses.text(),
        payments.text(),
        versions.text(),
        rejections.text(),
        now);
}

void update_stock(
    pqxx::transaction_base& tx, const std::vector<StockChange>& changes, const std::string& now
) {
    SqlArray ids, quantities, versions;
    for (const StockChange& change : changes) {
        ids.add(change.stock.product_id);
        quantities.add(change.stock.quantity);
        versions.add(change.stock.version);
    }
    if (!ids.empty()) {
        run(tx, kUpdateStock, ids.text(), quantities.text(), versions.text(), now);
    }
}

void insert_movements(
    pqxx::transaction_base& tx, const Fulfilment& fulfilment, const std::string& now
) {
    SqlArray ids, orders, products, quantities;
    for (const Movement& movement : fulfilment.movements()) {
        ids.add(new_uuid());
        orders.add(movement.order_id);
        products.add(movement.product_id);
        quantities.add(movement.quantity);
    }
    if (!ids.empty()) {
        run(tx, kInsertMovements, ids.text(), orders.text(), products.text(), quantities.text(), now
        );
    }
}

}  // namespace

Fulfilment lock(
    pqxx::transaction_base& tx, const std::vector<OrderCommand>& commands, Payments payments
) {
    Orders orders = lock_orders(tx, commands);
    const auto moving = whose_stock_may_move(orders, commands);
    if (moving.empty()) {
        return {std::move(orders), {}, payments};
    }
    SqlArray order_ids;
    for (const auto& [id, order] : moving) {
        order_ids.add(id);
    }
    SqlArray product_ids;
    for (const auto& row : run(tx, kLinesOfOrders, order_ids.text())) {
        moving.at(row[0].c_str())->lines.push_back({row[1].c_str(), row[2].as<int>()});
        product_ids.add(row[1].c_str());
    }
    return {std::move(orders), lock_stock(tx, product_ids), payments};
}

void save(pqxx::transaction_base& tx, const Fulfilment& fulfilment) {
    if (fulfilment.transitions().empty()) {
        return;
    }
    const std::string now = now_rfc3339();
    const std::vector<StockChange> stock_changes = fulfilment.stock_changes();
    update_orders(tx, fulfilment, now);
    update_stock(tx, stock_changes, now);
    insert_movements(tx, fulfilment, now);

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
