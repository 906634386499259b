#include "carafe/postgres/outbox.h"

#include <cstdint>

#include "carafe/postgres/statement.h"
#include "postgres/array_literal.h"
#include "postgres/outbox_headers.h"

namespace carafe::postgres {

namespace {

// Ordered, because ids are drawn in the order of the rows that the SELECT gives. Each array is a
// SELECT of its own: the server does not see how long it is, and keeps its plan.
constexpr Statement kEnqueue{"carafe_enqueue", R"(
    INSERT INTO outbox (shard, topic, key, payload, headers)
    SELECT shard, topic, key, payload, headers
    FROM unnest(
        (SELECT $1::smallint[]), (SELECT $2::text[]), (SELECT $3::bytea[]), (SELECT $4::bytea[]),
        (SELECT $5::jsonb[]))
    WITH ORDINALITY AS record (shard, topic, key, payload, headers, position)
    ORDER BY position
)"};

}  // namespace

int outbox_shard(std::string_view key) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char character : key) {
        hash = (hash ^ static_cast<unsigned char>(character)) * 1099511628211ULL;
    }
    return static_cast<int>(hash % kOutboxShards);
}

void enqueue(pqxx::transaction_base& tx, const std::vector<Record>& records) {
    if (records.empty()) {
        return;
    }
    ArrayLiteral shards;
    ArrayLiteral topics;
    ArrayLiteral keys;
    ArrayLiteral payloads;
    ArrayLiteral headers;
    for (const Record& record : records) {
        shards.add_number(outbox_shard(record.key.value_or("")));
        topics.add_text(record.topic);
        keys.add_bytes(record.key);
        payloads.add_bytes(record.payload);
        headers.add_text(outbox_headers(record.headers));
    }
    run(tx,
        kEnqueue,
        shards.finish(),
        topics.finish(),
        keys.finish(),
        payloads.finish(),
        headers.finish());
}

}  // namespace carafe::postgres
