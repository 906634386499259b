#include "app/models/domain_event.h"

#include <boost/json/serialize.hpp>

#include "app/models/database.h"
#include "carafe/postgres/outbox.h"

namespace shop {

namespace {

// Each array is a SELECT of its own, see fulfilment_records.cpp.
constexpr Statement kInsert{"insert_domain_events", R"(
    INSERT INTO domain_events
        (event_id, topic, type, key, user_id, order_id, product_id, version, payload, occurred_at)
    SELECT event_id, type, type, key, user_id, order_id, product_id, version, payload, occurred_at
    FROM unnest(
        (SELECT $1::uuid[]), (SELECT $2::text[]), (SELECT $3::text[]), (SELECT $4::uuid[]),
        (SELECT $5::uuid[]), (SELECT $6::uuid[]), (SELECT $7::int[]), (SELECT $8::jsonb[]),
        (SELECT $9::timestamptz[]))
        AS event (event_id, type, key, user_id, order_id, product_id, version, payload, occurred_at)
)"};

}  // namespace

void publish(pqxx::transaction_base& tx, const std::vector<Event>& events) {
    if (events.empty()) {
        return;
    }
    SqlArray ids, types, keys, users, orders, products, versions, payloads, times;
    std::vector<carafe::Record> outgoing;
    outgoing.reserve(events.size());
    for (const Event& event : events) {
        ids.add(event.id);
        types.add(event.type);
        keys.add(event.key);
        users.add_optional(event.user_id);
        orders.add_optional(event.order_id);
        products.add_optional(event.product_id);
        versions.add(event.version);
        times.add(event.occurred_at);
        for (carafe::Record& record : records(event)) {
            outgoing.push_back(std::move(record));
        }
        payloads.add(*outgoing.back().payload);
    }
    run(tx,
        kInsert,
        ids.text(),
        types.text(),
        keys.text(),
        users.text(),
        orders.text(),
        products.text(),
        versions.text(),
        payloads.text(),
        times.text());
    carafe::postgres::enqueue(tx, outgoing);
}

}  // namespace shop
