#include "postgres/first_occurrences.h"

#include <map>
#include <string>

#include "postgres/array_literal.h"

namespace carafe::postgres {

namespace {

// Ids of the batch, each with the place of its first record. In the order of the ids, so that two
// batches which hold the same ones wait for each other and cannot deadlock.
using Ids = std::map<std::string, std::size_t>;

// Which of them are new: a transaction under way that holds the same id is waited for. An index row
// holds no long text, so a long id stands there by its hash.
std::vector<std::size_t> write_down(
    pqxx::work& tx, const Ids& ids, const processing::PartitionId& partition
) {
    ArrayLiteral texts;
    ArrayLiteral places;
    for (const auto& [id, place] : ids) {
        texts.add_bytes(id);
        places.add_number(static_cast<std::int64_t>(place));
    }
    const pqxx::result rows = tx.exec_params(
        "WITH ids AS (SELECT CASE WHEN length(id) > 255 THEN sha256(id) ELSE id END AS ce_id, place"
        " FROM unnest($3::bytea[], $4::bigint[]) AS i (id, place)),"
        " fresh AS (INSERT INTO consumer_inbox (grp, topic, ce_id)"
        " SELECT $1, $2, ce_id FROM ids ORDER BY ce_id ON CONFLICT DO NOTHING RETURNING ce_id)"
        " SELECT place FROM ids JOIN fresh USING (ce_id)",
        partition.group,
        partition.topic,
        texts.finish(),
        places.finish()
    );
    std::vector<std::size_t> fresh;
    for (const auto& row : rows) {
        fresh.push_back(row[0].as<std::size_t>());
    }
    return fresh;
}

}  // namespace

FirstOccurrences::FirstOccurrences(
    pqxx::work& tx, const Batch& batch, const processing::PartitionId& partition
)
    : batch_(batch) {
    Ids ids;
    std::vector<bool> is_kept(batch.size());
    for (std::size_t place = 0; place < batch.size(); ++place) {
        if (const auto id = batch[place].header("ce_id")) {
            ids.emplace(*id, place);
        } else {
            is_kept[place] = true;
        }
    }
    if (ids.empty()) {
        return;
    }
    const std::vector<std::size_t> fresh = write_down(tx, ids, partition);
    if (fresh.size() == batch.size()) {
        return;
    }
    for (const std::size_t place : fresh) {
        is_kept[place] = true;
    }
    for (std::size_t place = 0; place < batch.size(); ++place) {
        if (is_kept[place]) {
            kept_.push_back(batch[place]);
        }
    }
    batch_ = batch.part(kept_);
}

}  // namespace carafe::postgres
