#include "app/models/order_placement.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "app/events/event.h"
#include "app/events/order_command_messages.h"
#include "app/models/clock.h"
#include "app/models/database.h"
#include "app/models/uuid.h"
#include "carafe/postgres/outbox.h"
#include "carafe/trace_context.h"

namespace shop {

namespace {

// A key older than a day is free again. `claimed` waits while another transaction holds the key
// (the connection's lock_timeout bounds the wait), and yields no row once that one has committed.
// `counted` comes after it, so that a repeat does not count; it is what refuses an order too many.
constexpr Statement kPlace{"place_order", R"(
WITH priced AS (
    SELECT line.position, line.product_id, line.quantity, product.sku, product.name,
           product.price_minor, product.currency,
           product.id IS NOT NULL AND product.archived_at IS NULL AS orderable
    FROM unnest($3::uuid[], $4::int[]) WITH ORDINALITY AS line (product_id, quantity, position)
    LEFT JOIN products product ON product.id = line.product_id
), verdict AS (
    SELECT bool_and(orderable) AND count(DISTINCT currency) = 1 AS accepted,
           sum(quantity * price_minor)::bigint AS total_minor, min(currency) AS currency
    FROM priced
), claimed AS (
    INSERT INTO idempotency_keys AS held (user_id, key, fingerprint, order_id, created_at)
    SELECT $2::uuid, $7::text, $8::text, $1::uuid, $6::timestamptz
    FROM verdict WHERE accepted AND $7::text IS NOT NULL
    ON CONFLICT (user_id, key) DO UPDATE
        SET fingerprint = excluded.fingerprint, order_id = excluded.order_id,
            created_at = excluded.created_at
        WHERE held.created_at < excluded.created_at - interval '24 hours'
    RETURNING 1
), allowance AS (
    SELECT coalesce(orders_per_minute, $14::int) AS most FROM users
    WHERE id = $2::uuid AND (SELECT accepted FROM verdict)
      AND ($7::text IS NULL OR EXISTS (SELECT FROM claimed))
), counted AS (
    INSERT INTO order_rates AS rate (user_id, minute_began_at, placed)
    SELECT $2::uuid, $6::timestamptz, 1 FROM allowance WHERE most > 0
    ON CONFLICT (user_id) DO UPDATE SET
        minute_began_at = CASE WHEN rate.minute_began_at <= excluded.minute_began_at - interval '1 minute'
                               THEN excluded.minute_began_at ELSE rate.minute_began_at END,
        placed = CASE WHEN rate.minute_began_at <= excluded.minute_began_at - interval '1 minute' THEN 1
                      WHEN rate.placed < (SELECT most FROM allowance) THEN rate.placed + 1
                      ELSE refuse_order_rate(rate.minute_began_at) END
    RETURNING 1
), placed AS (
    INSERT INTO orders (id, user_id, total_minor, currency, shipping_address, created_at, updated_at)
    SELECT $1::uuid, $2::uuid, total_minor, currency, $5::jsonb, $6::timestamptz, $6::timestamptz
    FROM verdict CROSS JOIN allowance
    WHERE most = 0 OR EXISTS (SELECT FROM counted)
    RETURNING *
), items AS (
    INSERT INTO order_items (order_id, product_id, position, sku, name, quantity, unit_price_minor)
    SELECT placed.id, product_id, position, sku, name, quantity, price_minor
    FROM placed CROSS JOIN priced
), announced AS (
    SELECT placed.id, placed.user_id, jsonb_build_object(
        'order_id', placed.id, 'order_number', order_number, 'user_id', placed.user_id,
        'items', (SELECT jsonb_agg(jsonb_build_object(
            'product_id', product_id, 'sku', sku, 'name', name, 'quantity', quantity,
            'unit_price', jsonb_build_object('amount_minor', price_minor, 'currency', currency))
            ORDER BY position) FROM priced),
        'total', jsonb_build_object('amount_minor', total_minor, 'currency', currency),
        'status', status, 'order_version', order_version, 'created_at', $6::text) AS payload
    FROM placed
), remembered AS (
    INSERT INTO domain_events
        (event_id, topic, type, key, user_id, order_id, version, payload, occurred_at)
    SELECT $10::uuid, 'order.created', 'order.created', id::text, user_id, id, 1, payload,
           $6::timestamptz
    FROM announced
), queued AS (
    INSERT INTO outbox (shard, topic, key, payload, headers)
    SELECT $9::smallint, record.topic, convert_to(id::text, 'UTF8'),
           convert_to(record.payload, 'UTF8'), record.headers
    FROM announced CROSS JOIN LATERAL (VALUES
        ('order.created', announced.payload::text, $11::jsonb),
        ('inventory', $12::text, $13::jsonb)) AS record (topic, payload, headers)
)
SELECT priced.orderable, priced.product_id, priced.sku, priced.name, priced.quantity,
       priced.price_minor, priced.currency, placed.order_number, placed.total_minor
FROM priced LEFT JOIN placed ON true ORDER BY priced.position
)"};

constexpr Statement kHeldKey{"held_idempotency_key", R"(
    SELECT fingerprint, order_id FROM idempotency_keys
    WHERE user_id = $1 AND key = $2 AND created_at >= now() - interval '24 hours'
)"};

Headers envelope(
    const char* type, const std::string& id, const OrderDraft& draft, const std::string& now
) {
    return headers({id, type, now, carafe::child_traceparent(draft.traceparent, type)});
}

pqxx::result insert(
    pqxx::transaction_base& tx,
    const Order& order,
    const OrderDraft& draft,
    const std::optional<IdempotencyKey>& key
) {
    SqlArray products, quantities;
    for (const OrderDraft::Line& line : draft.lines) {
        products.add(line.product_id);
        quantities.add(line.quantity);
    }
    // Both records belong to one trace.
    OrderDraft traced = draft;
    traced.traceparent = carafe::child_traceparent(draft.traceparent, "order");
    const std::string& now = order.created_at;
    const std::string event_id = new_uuid();
    using carafe::postgres::outbox_headers;
    return run(
        tx,
        kPlace,
        order.id,
        order.user_id,
        products.text(),
        quantities.text(),
        nullable(draft.shipping_address),
        now,
        key ? key->key.c_str() : nullptr,
        key ? key->fingerprint.c_str() : nullptr,
        carafe::postgres::outbox_shard(order.id),
        event_id,
        outbox_headers(envelope("order.created", event_id, traced, now)),
        stock_reserve_request(order.id),
        outbox_headers(envelope("STOCK_RESERVE_REQUEST", new_uuid(), traced, now)),
        draft.orders_per_minute
    );
}

// What the first request with this key came to; nothing when there is none.
std::optional<Placement> replay(
    pqxx::transaction_base& tx, const OrderDraft& draft, const IdempotencyKey& key
) {
    const pqxx::result held = run(tx, kHeldKey, draft.user_id, key.key);
    if (held.empty()) {
        return std::nullopt;
    }
    if (held[0][0].c_str() != key.fingerprint) {
        throw IdempotencyKeyReused("the idempotency key was used for another request");
    }
    return Placement{Order::find(tx, held[0][1].c_str()).value().as_placed(), true};
}

// The function refuse_order_rate() says in the detail how long to wait.
std::chrono::seconds wait_in(const pqxx::sql_error& error) {
    constexpr std::string_view kDetail = "DETAIL:";
    const std::string_view text = error.what();
    const std::size_t at = text.find(kDetail);
    int seconds = 0;
    if (at != std::string_view::npos) {
        const std::size_t digits = text.find_first_of("0123456789", at);
        if (digits != std::string_view::npos) {
            std::from_chars(text.data() + digits, text.data() + text.size(), seconds);
        }
    }
    return std::chrono::seconds(std::clamp(seconds, 1, 60));
}

[[noreturn]] void refuse(const pqxx::result& priced) {
    std::vector<OrderRefused::Problem> problems;
    std::optional<std::string> currency;
    for (std::size_t line = 0; line < priced.size(); ++line) {
        const auto& row = priced[static_cast<pqxx::result::size_type>(line)];
        if (!row[0].as<bool>()) {
            problems.push_back({line, "is not a product that can be ordered"});
        } else if (currency.value_or(row[6].c_str()) != row[6].c_str()) {
            problems.push_back({line, "is sold in another currency than the first product"});
        } else {
            currency = row[6].c_str();
        }
    }
    throw OrderRefused(std::move(problems));
}

void fill(Order& order, const pqxx::result& priced) {
    order.number = priced[0][7].c_str();
    order.total = {priced[0][8].as<std::int64_t>(), priced[0][6].c_str()};
    for (const auto& row : priced) {
        order.items.push_back(
            {row[1].c_str(),
             row[2].c_str(),
             row[3].c_str(),
             row[4].as<int>(),
             {row[5].as<std::int64_t>(), row[6].c_str()}}
        );
    }
}

}  // namespace

Placement place_order(
    pqxx::transaction_base& tx, const OrderDraft& draft, const std::optional<IdempotencyKey>& key
) {
    Order order;
    order.id = new_uuid();
    order.user_id = draft.user_id;
    order.shipping_address = draft.shipping_address;
    order.created_at = now_rfc3339();
    order.updated_at = order.created_at;
    try {
        const pqxx::result priced = insert(tx, order, draft, key);
        if (!priced[0][7].is_null()) {
            fill(order, priced);
            return {std::move(order), false};
        }
        if (key) {
            if (auto first = replay(tx, draft, *key)) {
                return std::move(*first);
            }
        }
        refuse(priced);
    } catch (const pqxx::sql_error& error) {
        if (error.sqlstate() == "SH429") {
            throw TooManyOrders(wait_in(error));
        }
        if (key && is_lock_timeout(error)) {
            throw IdempotencyKeyInUse("the first request with this key is still under way");
        }
        throw;
    }
}

}  // namespace shop
