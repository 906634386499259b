#include "postgres/outbox_table.h"

#include <algorithm>

#include "postgres/array_literal.h"
#include "postgres/fields.h"
#include "postgres/outbox_headers.h"

namespace carafe::postgres {

namespace {

// One round's bounds, over all leased shards.
constexpr std::size_t kRowsMax = 1'000;
constexpr std::size_t kRowsPerShardMin = 125;
constexpr std::int64_t kBytesMax = 8LL * 1024 * 1024;
constexpr int kParkedHeadsMax = 100;

// The first row of a shard always goes; further ones while the sum before them is in bounds.
constexpr const char* kRead = R"sql(
SELECT head.shard, head.id, head.topic, head.key, head.payload, head.headers
FROM unnest($1::smallint[]) AS mine (shard),
LATERAL (
    SELECT *, sum(size) OVER (ORDER BY id) - size AS bytes_before
    FROM (
        SELECT *, coalesce(octet_length(payload), 0) + coalesce(octet_length(key), 0)
                  + pg_column_size(headers) AS size
        FROM outbox WHERE outbox.shard = mine.shard
          AND id NOT IN (SELECT unnest($4::bigint[])) AND topic <> ALL($5::text[])
        ORDER BY id LIMIT $2
    ) AS first_rows
) AS head
WHERE head.bytes_before < $3
ORDER BY head.shard, head.id
)sql";

// What every change starts with: $1 to $3 are shards and epochs of the leases, and their owner.
constexpr const char* kHeld = R"sql(
WITH held AS (
    SELECT shard FROM outbox_shards JOIN unnest($1::smallint[], $2::bigint[]) AS mine (shard, epoch)
    USING (shard, epoch) WHERE owner = $3
))sql";

// What rows $4 and $5 name. Each is found by its key (OFFSET 0 keeps that a search of its own): a
// join would take a queue's statistics, which say that it is empty, as a reason to read all of it.
constexpr const char* kGiven = R"sql(
    SELECT found.ctid
    FROM unnest($4::smallint[], $5::bigint[]) AS given (shard, id) JOIN held USING (shard),
    LATERAL (
        SELECT ctid, shard, topic, key FROM outbox
        WHERE outbox.shard = given.shard AND outbox.id = given.id OFFSET 0
    ) AS found
)sql";

std::string remove_sql() {
    return std::string(kHeld) + "DELETE FROM outbox WHERE ctid = ANY (ARRAY(" + kGiven + "))";
}

constexpr const char* kPark = R"sql(, moved AS (
    DELETE FROM outbox
    WHERE shard = $4 AND id = $5 AND shard IN (SELECT shard FROM held)
    RETURNING *
)
INSERT INTO outbox_parked (shard, id, topic, key, payload, headers, created_at, error)
SELECT shard, id, topic, key, payload, headers, created_at, $6 FROM moved
)sql";

std::string park_followers_sql() {
    return std::string(kHeld) + ", moved AS (DELETE FROM outbox WHERE ctid = ANY (ARRAY(" + kGiven +
           R"sql(
    WHERE EXISTS (
        SELECT FROM outbox_parked AS parked
        WHERE parked.shard = found.shard AND parked.topic = found.topic
          AND md5(parked.key) = md5(found.key) AND parked.key = found.key)
    )) RETURNING *
)
INSERT INTO outbox_parked (shard, id, topic, key, payload, headers, created_at, error)
SELECT shard, id, topic, key, payload, headers, created_at, 'follows a parked record of its key'
FROM moved RETURNING shard, id
)sql";
}

constexpr const char* kReadParked = R"sql(
SELECT shard, id, topic, key, payload, headers
FROM (
    SELECT DISTINCT ON (shard, topic, md5(key)) * FROM outbox_parked
    WHERE shard = ANY($1::smallint[]) ORDER BY shard, topic, md5(key), id
) AS head
ORDER BY random() LIMIT $2
)sql";

// The head is gone to Kafka; the rest of its key goes back into the queue under the old ids.
constexpr const char* kUnpark = R"sql(, head AS (
    DELETE FROM outbox_parked WHERE shard = $4 AND id = $5 AND shard IN (SELECT shard FROM held)
    RETURNING *
), moved AS (
    DELETE FROM outbox_parked AS parked USING head
    WHERE parked.shard = head.shard AND parked.topic = head.topic AND parked.id <> head.id
      AND md5(parked.key) IS NOT DISTINCT FROM md5(head.key)
    RETURNING parked.*
)
INSERT INTO outbox (shard, id, topic, key, payload, headers, created_at)
SELECT shard, id, topic, key, payload, headers, created_at FROM moved
)sql";

std::vector<OutboxRow> to_rows(const pqxx::result& result) {
    std::vector<OutboxRow> rows;
    rows.reserve(result.size());
    for (const auto& fields : result) {
        OutboxRow& row = rows.emplace_back();
        row.id = {fields[0].as<int>(), fields[1].as<std::int64_t>()};
        row.record.topic = fields[2].as<std::string>();
        row.record.key = bytes_of(fields[3]);
        row.record.payload = bytes_of(fields[4]);
        try {
            row.record.headers = parse_outbox_headers({fields[5].c_str(), fields[5].size()});
        } catch (const std::runtime_error& error) {
            row.defect = error.what();
        }
    }
    return rows;
}

}  // namespace

OutboxTable::OutboxTable(pqxx::connection& connection, const ShardLeases& leases)
    : connection_(connection), leases_(leases) {
    pqxx::nontransaction session(connection_, "outbox_session");
    // A queue's statistics are always out of date; the primary key is always the right way in. A
    // delete lost in a crash of the server publishes its record again, which at least once allows,
    // so nothing here waits for the disk.
    session.exec("SET enable_seqscan = off");
    session.exec("SET enable_bitmapscan = off");
    // The penalties of the two above look like cost, and cost makes the server compile a plan: 250
    // ms for a statement that runs in one.
    session.exec("SET jit = off");
    session.exec("SET synchronous_commit = off");
    // How many rows there are changes nothing about the way to them.
    session.exec("SET plan_cache_mode = force_generic_plan");
    connection_.prepare("outbox_read", kRead);
    connection_.prepare("outbox_remove", remove_sql());
    connection_.prepare("outbox_park", std::string(kHeld) + kPark);
    connection_.prepare("outbox_park_followers", park_followers_sql());
}

std::string OutboxTable::shards() const {
    ArrayLiteral shards;
    for (const auto& lease : leases_.epochs()) {
        shards.add_number(lease.first);
    }
    return shards.finish();
}

std::string OutboxTable::epochs() const {
    ArrayLiteral epochs;
    for (const auto& lease : leases_.epochs()) {
        epochs.add_number(lease.second);
    }
    return epochs.finish();
}

std::vector<OutboxRow> OutboxTable::read(const Except& except) {
    const std::size_t count = leases_.epochs().size();
    if (count == 0) {
        return {};
    }
    const std::size_t rows = std::max(kRowsPerShardMin, kRowsMax / count);
    const std::int64_t bytes_max = kBytesMax / static_cast<std::int64_t>(count);
    ArrayLiteral ids;
    for (const OutboxRowId& row : except.rows) {
        ids.add_number(row.id);
    }
    ArrayLiteral topics;
    for (const std::string& topic : except.topics) {
        topics.add_text(topic);
    }
    pqxx::nontransaction tx(connection_, "read_outbox");
    return to_rows(
        tx.exec_prepared("outbox_read", shards(), rows, bytes_max, ids.finish(), topics.finish())
    );
}

pqxx::result OutboxTable::change(const char* statement, const std::vector<OutboxRowId>& rows) {
    ArrayLiteral row_shards;
    ArrayLiteral ids;
    for (const OutboxRowId& row : rows) {
        row_shards.add_number(row.shard);
        ids.add_number(row.id);
    }
    pqxx::nontransaction tx(connection_, statement);
    return tx.exec_prepared(
        statement, shards(), epochs(), leases_.owner(), row_shards.finish(), ids.finish()
    );
}

std::size_t OutboxTable::remove(const std::vector<OutboxRowId>& rows) {
    return change("outbox_remove", rows).affected_rows();
}

bool OutboxTable::has_parked() {
    pqxx::nontransaction tx(connection_, "has_parked");
    return tx
        .exec_params(
            "SELECT EXISTS (SELECT FROM outbox_parked WHERE shard = ANY($1::smallint[]))", shards()
        )[0][0]
        .as<bool>();
}

void OutboxTable::park(const OutboxRowId& row, const std::string& error) {
    pqxx::nontransaction tx(connection_, "park_outbox");
    tx.exec_prepared("outbox_park", shards(), epochs(), leases_.owner(), row.shard, row.id, error);
}

std::vector<OutboxRowId> OutboxTable::park_followers(const std::vector<OutboxRowId>& rows) {
    std::vector<OutboxRowId> moved;
    for (const auto& row : change("outbox_park_followers", rows)) {
        moved.push_back({row[0].as<int>(), row[1].as<std::int64_t>()});
    }
    return moved;
}

std::vector<OutboxRow> OutboxTable::read_parked() {
    pqxx::nontransaction tx(connection_, "read_parked");
    std::vector<OutboxRow> heads = to_rows(tx.exec_params(kReadParked, shards(), kParkedHeadsMax));
    for (OutboxRow& head : heads) {
        head.is_parked = true;
    }
    return heads;
}

void OutboxTable::unpark(const OutboxRowId& head) {
    pqxx::nontransaction tx(connection_, "unpark_outbox");
    tx.exec_params(
        std::string(kHeld) + kUnpark, shards(), epochs(), leases_.owner(), head.shard, head.id
    );
}

}  // namespace carafe::postgres
