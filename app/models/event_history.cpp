#include "app/models/event_history.h"

#include <algorithm>
#include <cstdint>

#include "app/models/database.h"
#include "app/models/uuid.h"

namespace shop {

namespace {

using std::chrono::milliseconds;

// An event may serve one audience as the last that it has seen because another one of the same
// client saw it.
const std::string kFindSql = R"(
    SELECT (extract(epoch FROM occurred_at) * 1000)::bigint FROM domain_events
    WHERE event_id = $1::uuid
      AND ($3::text = 'everything' OR topic = 'inventory.updated' OR user_id = $2::uuid))";

// The user's index serves own orders, the index by time the others: a condition of its own for each
// would be a plan of its own.
std::string condition(Readership::Kind kind) {
    switch (kind) {
        case Readership::Kind::kOwnOrders:
            return "user_id = $2::uuid AND order_id IS NOT NULL";
        case Readership::Kind::kInventory:
            return "topic = 'inventory.updated' AND $2::uuid IS NOT DISTINCT FROM $2::uuid";
        case Readership::Kind::kEverything:
            return "$2::uuid IS NOT DISTINCT FROM $2::uuid";
    }
    return "false";
}

std::string count_sql(Readership::Kind kind) {
    return R"(
    SELECT count(*) FROM (
        SELECT FROM domain_events
        WHERE occurred_at > (SELECT occurred_at FROM domain_events WHERE event_id = $1::uuid)
          AND )" +
           condition(kind) + " LIMIT $3) AS missed";
}

std::string list_sql(Readership::Kind kind) {
    return R"(
    SELECT topic, event_id, rfc3339(occurred_at), payload FROM (
        SELECT topic, event_id, occurred_at, payload, key, version FROM domain_events
        WHERE occurred_at >= (SELECT occurred_at FROM domain_events WHERE event_id = $1::uuid)
                             - $3::bigint * interval '1 ms'
          AND )" +
           condition(kind) + R"(
        LIMIT $4) AS missed
    ORDER BY max(occurred_at) OVER (PARTITION BY key, split_part(topic, '.', 1) ORDER BY version), key, version)";
}

struct Statements {
    std::string count;
    std::string list;
    Statement count_statement;
    Statement list_statement;

    Statements(Readership::Kind kind, const char* count_name, const char* list_name)
        : count(count_sql(kind)),
          list(list_sql(kind)),
          count_statement{count_name, count.c_str()},
          list_statement{list_name, list.c_str()} {}
    ~Statements() = default;
    Statements(const Statements&) = delete;
    Statements& operator=(const Statements&) = delete;
};

const Statements& statements(Readership::Kind kind) {
    static const Statements kOwnOrders(
        Readership::Kind::kOwnOrders, "count_missed_own", "list_missed_own"
    );
    static const Statements kInventory(
        Readership::Kind::kInventory, "count_missed_inventory", "list_missed_inventory"
    );
    static const Statements kEverything(
        Readership::Kind::kEverything, "count_missed_all", "list_missed_all"
    );
    switch (kind) {
        case Readership::Kind::kInventory:
            return kInventory;
        case Readership::Kind::kEverything:
            return kEverything;
        case Readership::Kind::kOwnOrders:
            break;
    }
    return kOwnOrders;
}

const char* name_of(Readership::Kind kind) {
    switch (kind) {
        case Readership::Kind::kInventory:
            return "inventory";
        case Readership::Kind::kEverything:
            return "everything";
        case Readership::Kind::kOwnOrders:
            break;
    }
    return "own_orders";
}

const Statement kFind{"find_seen_event", kFindSql.c_str()};

constexpr Statement kHorizon{"realtime_horizon", R"(
    SELECT pg_snapshot_xmin(now), pg_snapshot_xmax(now),
           (extract(epoch FROM clock_timestamp() - coalesce(oldest, clock_timestamp())) * 1000)::bigint
    FROM pg_current_snapshot() AS now, outbox_oldest_at() AS oldest
)"};

// The bound is for memory. A transaction is read whole or not at all, so one that is larger than
// the bound raises it.
constexpr int kMostAtOnce = 5'000;
constexpr Statement kTail{"realtime_tail", R"(
    SELECT pg_snapshot_xmin(now), pg_snapshot_xmax(now), events.xid, topic, event_id,
           rfc3339(occurred_at), payload
    FROM pg_current_snapshot() AS now
    LEFT JOIN LATERAL (
        SELECT * FROM domain_events
        WHERE xid >= $1::xid8 AND xid < pg_snapshot_xmin(now)
        ORDER BY xid
        FETCH FIRST ($2::int) ROWS WITH TIES) AS events ON true
    ORDER BY max(events.xid::text::numeric) OVER (PARTITION BY key, split_part(topic, '.', 1) ORDER BY version), key, version
)"};

Happening read(const pqxx::row& row, int first) {
    return {
        row[first].c_str(), row[first + 1].c_str(), row[first + 2].c_str(), row[first + 3].c_str()};
}

std::uint64_t number(const TransactionId& id) {
    return std::stoull(id);
}

}  // namespace

std::optional<std::chrono::system_clock::time_point> EventHistory::find(
    const Readership& readers, const std::string& event_id
) const {
    if (!is_uuid(event_id)) {
        return std::nullopt;
    }
    const pqxx::result rows =
        run(tx_, kFind, event_id, nullable(readers.user_id), name_of(readers.kind));
    if (rows.empty()) {
        return std::nullopt;
    }
    return std::chrono::system_clock::time_point(milliseconds(rows[0][0].as<std::int64_t>()));
}

int EventHistory::count_after(const Readership& readers, const std::string& event_id, int most)
    const {
    const Statement& statement = statements(readers.kind).count_statement;
    return run(tx_, statement, event_id, nullable(readers.user_id), most)[0][0].as<int>();
}

std::vector<Happening> EventHistory::around_and_after(
    const Readership& readers,
    const std::string& event_id,
    std::chrono::milliseconds overlap,
    int most
) const {
    std::vector<Happening> events;
    const Statement& statement = statements(readers.kind).list_statement;
    const auto rows =
        run(tx_, statement, event_id, nullable(readers.user_id), overlap.count(), most);
    for (const auto& row : rows) {
        events.push_back(read(row, 0));
    }
    return events;
}

Horizon horizon(pqxx::transaction_base& tx) {
    const pqxx::row row = run(tx, kHorizon)[0];
    return {row[0].c_str(), row[1].c_str(), milliseconds(row[2].as<std::int64_t>())};
}

Tail tail(pqxx::transaction_base& tx, const TransactionId& from) {
    Tail read_now;
    std::uint64_t last = 0;
    for (const auto& row : run(tx, kTail, from, kMostAtOnce)) {
        read_now.horizon = {row[0].c_str(), row[1].c_str(), milliseconds(0)};
        if (!row[2].is_null()) {
            last = std::max(last, number(row[2].c_str()));
            read_now.events.push_back(read(row, 3));
        }
    }
    const bool is_all = read_now.events.size() < static_cast<std::size_t>(kMostAtOnce);
    read_now.next = is_all ? read_now.horizon.oldest_running : std::to_string(last + 1);
    return read_now;
}

}  // namespace shop
