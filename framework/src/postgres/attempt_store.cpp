#include "postgres/attempt_store.h"

#include <algorithm>

namespace carafe::postgres {

namespace {

// The whole message is in the dead letter.
constexpr std::size_t kMessageMax = 1024;

// A message may hold any bytes; text would have to be UTF-8 without NUL.
pqxx::binarystring bytes(const std::string& text) {
    return pqxx::binarystring(text.data(), std::min(text.size(), kMessageMax));
}

}  // namespace

processing::History PostgresAttemptStore::load(
    const processing::PartitionId& partition, std::int64_t from
) {
    const Pool::Lease lease = pool_.acquire();
    pqxx::read_transaction tx(*lease, "load_attempts");
    processing::History history;
    const pqxx::result records = tx.exec_params(
        "SELECT record_offset, attempts, deaths, error_class, error_message FROM consumer_attempts"
        " WHERE grp = $1 AND topic = $2 AND partition = $3 AND record_offset >= $4"
        " ORDER BY record_offset",
        partition.group,
        partition.topic,
        partition.partition,
        from
    );
    for (const auto& row : records) {
        processing::RecordHistory record;
        record.offset = row[0].as<std::int64_t>();
        record.attempts = row[1].as<int>();
        record.deaths = row[2].as<int>();
        record.failure.error_class = pqxx::binarystring(row[3]).str();
        record.failure.error_message = pqxx::binarystring(row[4]).str();
        history.records.push_back(std::move(record));
    }
    const pqxx::result ranges = tx.exec_params(
        "SELECT first_offset, last_offset FROM consumer_suspects"
        " WHERE grp = $1 AND topic = $2 AND partition = $3 AND last_offset >= $4",
        partition.group,
        partition.topic,
        partition.partition,
        from
    );
    for (const auto& row : ranges) {
        history.suspects.push_back({row[0].as<std::int64_t>(), row[1].as<std::int64_t>()});
    }
    return history;
}

void PostgresAttemptStore::write_attempt(
    const processing::PartitionId& partition,
    std::int64_t offset,
    int attempt,
    const processing::Failure& last
) {
    const Pool::Lease lease = pool_.acquire();
    pqxx::work tx(*lease, "write_attempt");
    tx.exec_params(
        "INSERT INTO consumer_attempts AS known (grp, topic, partition, record_offset, attempts,"
        " error_class, error_message) VALUES ($1, $2, $3, $4, $5, $6, $7)"
        " ON CONFLICT (grp, topic, partition, record_offset) DO UPDATE"
        " SET attempts = greatest(known.attempts, EXCLUDED.attempts),"
        " error_class = EXCLUDED.error_class, error_message = EXCLUDED.error_message,"
        " updated_at = now()",
        partition.group,
        partition.topic,
        partition.partition,
        offset,
        attempt,
        bytes(last.error_class),
        bytes(last.error_message)
    );
    tx.commit();
}

void PostgresAttemptStore::suspect(const std::vector<processing::Suspicion>& suspicions) {
    const Pool::Lease lease = pool_.acquire();
    pqxx::work tx(*lease, "suspect");
    for (const auto& suspicion : suspicions) {
        if (suspicion.counts) {
            tx.exec_params(
                "INSERT INTO consumer_attempts AS known (grp, topic, partition, record_offset,"
                " deaths) VALUES ($1, $2, $3, $4, 1)"
                " ON CONFLICT (grp, topic, partition, record_offset) DO UPDATE"
                " SET deaths = known.deaths + 1, updated_at = now()",
                suspicion.partition.group,
                suspicion.partition.topic,
                suspicion.partition.partition,
                suspicion.range.first
            );
            continue;
        }
        tx.exec_params(
            "INSERT INTO consumer_suspects (grp, topic, partition, first_offset, last_offset)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            suspicion.partition.group,
            suspicion.partition.topic,
            suspicion.partition.partition,
            suspicion.range.first,
            suspicion.range.last
        );
    }
    tx.commit();
}

void PostgresAttemptStore::forget(const processing::PartitionId& partition, std::int64_t position) {
    const Pool::Lease lease = pool_.acquire();
    pqxx::work tx(*lease, "forget_attempts");
    tx.exec_params(
        "WITH suspects AS (DELETE FROM consumer_suspects"
        " WHERE grp = $1 AND topic = $2 AND partition = $3 AND last_offset < $4)"
        " DELETE FROM consumer_attempts"
        " WHERE grp = $1 AND topic = $2 AND partition = $3 AND record_offset < $4",
        partition.group,
        partition.topic,
        partition.partition,
        position
    );
    tx.commit();
}

}  // namespace carafe::postgres
