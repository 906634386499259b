#include "app/models/ops_stats.h"

#include "app/models/database.h"

namespace shop {

namespace {

constexpr Statement kStats{"ops_stats", R"(
    SELECT (SELECT count(*) FROM dead_letters WHERE state IN ('waiting', 'taken')),
           (SELECT count(*) FROM redrives WHERE state IN ('preparing', 'running')),
           (SELECT count(*) FROM outbox),
           extract(epoch FROM now() - outbox_oldest_at()),
           (SELECT count(*) FROM outbox_parked)
)"};

}  // namespace

OpsStats OpsStats::read(pqxx::transaction_base& tx) {
    const auto row = run(tx, kStats)[0];
    OpsStats stats;
    stats.dead_letters_waiting = row[0].as<std::int64_t>();
    stats.redrives_open = row[1].as<std::int64_t>();
    stats.outbox_depth = row[2].as<std::int64_t>();
    if (!row[3].is_null()) {
        stats.outbox_oldest_seconds = row[3].as<double>();
    }
    stats.outbox_parked = row[4].as<std::int64_t>();
    return stats;
}

}  // namespace shop
