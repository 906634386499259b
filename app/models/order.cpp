#include "app/models/order.h"

#include <boost/json.hpp>

#include "app/events/order_command_messages.h"
#include "app/models/database.h"
#include "app/models/uuid.h"
#include "carafe/postgres/outbox.h"
#include "carafe/trace_context.h"

namespace shop {

namespace {

namespace json = boost::json;

// One statement reads orders with their items and customers.
const std::string kSelect = R"(
    SELECT orders.id, order_number, user_id, status, payment_status, order_version, total_minor,
           currency, shipping_address, rejection, rfc3339(orders.created_at),
           rfc3339(orders.updated_at), rfc3339(cancelled_at), users.email, users.name,
           (SELECT json_agg(
                json_build_array(product_id, sku, item.name, quantity, unit_price_minor)
                ORDER BY position)
            FROM order_items item WHERE item.order_id = orders.id)
    FROM orders JOIN users ON users.id = orders.user_id)";

const std::string kFindAllSql = kSelect + " WHERE orders.id = ANY ($1::uuid[])";
const std::string kListSql = kSelect + R"(
    WHERE ($1::uuid IS NULL OR user_id = $1::uuid)
      AND ($2::text IS NULL OR status = $2)
      AND ($3::text IS NULL OR strpos(lower(order_number || ' ' || users.email), lower($3)) > 0)
      AND ($4::float8 IS NULL OR orders.created_at >= to_timestamp($4::float8))
      AND ($5::float8 IS NULL OR orders.created_at < to_timestamp($5::float8))
      AND ($6::uuid IS NULL OR orders.id < $6::uuid)
    ORDER BY orders.id DESC LIMIT $7)";

const Statement kFindAll{"find_orders", kFindAllSql.c_str()};
const Statement kList{"list_orders", kListSql.c_str()};

std::vector<OrderItem> read_items(const char* text, const std::string& currency) {
    std::vector<OrderItem> items;
    const json::value rows = json::parse(text);
    for (const json::value& row : rows.as_array()) {
        const json::array& item = row.as_array();
        items.push_back(
            {json::value_to<std::string>(item[0]),
             json::value_to<std::string>(item[1]),
             json::value_to<std::string>(item[2]),
             json::value_to<int>(item[3]),
             {json::value_to<std::int64_t>(item[4]), currency}}
        );
    }
    return items;
}

Order read(const pqxx::row& row) {
    Order order;
    order.id = row[0].c_str();
    order.number = row[1].c_str();
    order.user_id = row[2].c_str();
    order.status = parse_order_status(row[3].c_str()).value();
    order.payment = parse_payment_status(row[4].c_str()).value();
    order.version = row[5].as<int>();
    order.total = {row[6].as<std::int64_t>(), row[7].c_str()};
    order.shipping_address = optional_text(row[8]);
    order.rejection = optional_text(row[9]);
    order.created_at = row[10].c_str();
    order.updated_at = row[11].c_str();
    order.cancelled_at = optional_text(row[12]);
    order.customer_email = row[13].c_str();
    order.customer_name = row[14].c_str();
    order.items = read_items(row[15].c_str(), order.total.currency);
    return order;
}

std::vector<Order> read_all(const pqxx::result& rows) {
    std::vector<Order> orders;
    for (const auto& row : rows) {
        orders.push_back(read(row));
    }
    return orders;
}

}  // namespace

std::optional<Order> Order::find(pqxx::transaction_base& tx, const std::string& id) {
    std::vector<Order> orders = find_all(tx, {id});
    return orders.empty() ? std::nullopt : std::optional(std::move(orders.front()));
}

std::vector<Order> Order::find_all(
    pqxx::transaction_base& tx, const std::vector<std::string>& ids
) {
    SqlArray wanted;
    for (const std::string& id : ids) {
        wanted.add(id);
    }
    return read_all(run(tx, kFindAll, wanted.text()));
}

std::vector<Order> Order::list(pqxx::transaction_base& tx, const Filter& filter) {
    return read_all(
        run(tx,
            kList,
            nullable(filter.user_id),
            nullable(filter.status),
            nullable(filter.text),
            nullable(filter.from),
            nullable(filter.to),
            nullable(filter.before),
            filter.limit)
    );
}

Order Order::as_placed() const {
    Order placed = *this;
    placed.status = OrderStatus::kPending;
    placed.payment = PaymentStatus::kPending;
    placed.version = 1;
    placed.rejection.reset();
    placed.cancelled_at.reset();
    placed.updated_at = created_at;
    return placed;
}

OrderCommand Order::request_change(
    pqxx::transaction_base& tx,
    OrderStatus next,
    const std::string& requested_by,
    std::string_view traceparent
) const {
    OrderCommand command;
    command.kind = OrderCommand::Kind::kChangeStatus;
    command.id = new_uuid();
    command.order_id = id;
    command.new_status = next;
    command.traceparent = carafe::child_traceparent(traceparent, "ORDER_STATUS_CHANGE");
    carafe::postgres::enqueue(tx, {order_status_change(command, requested_by)});
    return command;
}

}  // namespace shop
