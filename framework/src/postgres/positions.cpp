#include "postgres/positions.h"

namespace carafe::postgres {

std::vector<Position> positions(pqxx::transaction_base& tx, const std::string& group) {
    const pqxx::result rows = tx.exec_params(
        "SELECT topic, partition, epoch, next_offset, owner FROM consumer_offsets WHERE grp = $1"
        " ORDER BY topic, partition",
        group
    );
    std::vector<Position> found;
    found.reserve(rows.size());
    for (const auto& row : rows) {
        found.push_back(
            {{group, row[0].as<std::string>(), row[1].as<std::int32_t>()},
             row[2].as<std::int64_t>(),
             row[3].as<std::int64_t>(),
             row[4].as<std::string>()}
        );
    }
    return found;
}

void set_position(
    pqxx::transaction_base& tx, const processing::PartitionId& partition, std::int64_t next_offset
) {
    tx.exec_params(
        "INSERT INTO consumer_offsets (grp, topic, partition, epoch, next_offset, owner)"
        " VALUES ($1, $2, $3, 1, $4, 'operator')"
        " ON CONFLICT (grp, topic, partition) DO UPDATE SET epoch = consumer_offsets.epoch + 1,"
        " next_offset = EXCLUDED.next_offset, owner = EXCLUDED.owner, topic_id = NULL,"
        " updated_at = now()",
        partition.group,
        partition.topic,
        partition.partition,
        next_offset
    );
}

std::optional<std::int64_t> forget_position(
    pqxx::transaction_base& tx, const processing::PartitionId& partition
) {
    const pqxx::result rows = tx.exec_params(
        "DELETE FROM consumer_offsets WHERE grp = $1 AND topic = $2 AND partition = $3"
        " RETURNING next_offset",
        partition.group,
        partition.topic,
        partition.partition
    );
    if (rows.empty()) {
        return std::nullopt;
    }
    return rows[0][0].as<std::int64_t>();
}

}  // namespace carafe::postgres
