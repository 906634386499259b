#include "carafe/postgres/dead_letters.h"

#include "postgres/dead_letters/filter.h"
#include "postgres/dead_letters/rows.h"

namespace carafe::postgres {

namespace {

// Everything but the payload, which lists do not need.
constexpr const char* kColumns =
    "SELECT d.topic, d.partition, d.record_offset, d.key, NULL::bytea, d.headers, d.source_topic,"
    " d.source_partition, d.source_offset, extract(epoch FROM d.source_at) * 1000, d.grp,"
    " d.attempts, d.error_class, d.error_message, d.fingerprint, d.redrives,"
    " extract(epoch FROM d.died_at) * 1000, coalesce(octet_length(d.payload), 0), d.state,"
    " d.redrive_id, extract(epoch FROM d.handled_at) * 1000 FROM dead_letters d";

IndexedDeadLetter indexed(const pqxx::row& row) {
    IndexedDeadLetter read;
    read.letter = letter_of(row);
    read.letter.at = time_of(row[16]);
    read.payload_size = row[17].as<std::size_t>();
    read.state = row[18].as<std::string>();
    if (!row[19].is_null()) {
        read.redrive_id = row[19].as<std::int64_t>();
    }
    if (!row[20].is_null()) {
        read.handled_at = time_of(row[20]);
    }
    return read;
}

std::string condition(const DeadLetters::Query& query, Parameters& parameters) {
    std::string sql = " WHERE true";
    bool mentions_state = query.with_handled;
    if (!query.where.empty()) {
        const Filter filter = parse_filter(query.where, parameters);
        sql += " AND " + filter.sql;
        mentions_state |= filter.mentions_state;
    }
    if (!mentions_state) {
        sql += " AND d.state IN ('waiting', 'taken')";
    }
    if (!query.topic.empty()) {
        sql += " AND d.topic = " + parameters.add(query.topic, "text");
    }
    return sql;
}

}  // namespace

std::vector<IndexedDeadLetter> DeadLetters::list(const Query& query) const {
    Parameters parameters;
    std::string sql = kColumns + condition(query, parameters);
    if (query.after) {
        const std::string topic = parameters.add(query.after->topic, "text");
        const std::string partition = parameters.add(std::to_string(query.after->partition), "int");
        const std::string offset = parameters.add(std::to_string(query.after->offset), "bigint");
        sql +=
            " AND (d.died_at, d.topic, d.partition, d.record_offset) < (SELECT a.died_at,"
            " a.topic, a.partition, a.record_offset FROM dead_letters a WHERE a.topic = " +
            topic + " AND a.partition = " + partition + " AND a.record_offset = " + offset + ")";
    }
    sql += " ORDER BY d.died_at DESC, d.topic DESC, d.partition DESC, d.record_offset DESC LIMIT " +
           parameters.add(std::to_string(query.limit), "bigint");
    const Pool::Lease lease = pool_.acquire();
    pqxx::read_transaction tx(*lease, "list_dead_letters");
    std::vector<IndexedDeadLetter> found;
    for (const auto& row : parameters.exec(tx, sql)) {
        found.push_back(indexed(row));
    }
    return found;
}

std::int64_t DeadLetters::count(const Query& query) const {
    Parameters parameters;
    const std::string sql = "SELECT count(*) FROM dead_letters d" + condition(query, parameters);
    const Pool::Lease lease = pool_.acquire();
    pqxx::read_transaction tx(*lease, "count_dead_letters");
    return parameters.exec(tx, sql)[0][0].as<std::int64_t>();
}

std::optional<IndexedDeadLetter> DeadLetters::find(const DeadLetterId& id) const {
    const Pool::Lease lease = pool_.acquire();
    pqxx::read_transaction tx(*lease, "find_dead_letter");
    const std::string sql =
        std::string(kColumns) + " WHERE d.topic = $1 AND d.partition = $2 AND d.record_offset = $3";
    const pqxx::result rows = tx.exec_params(sql, id.topic, id.partition, id.offset);
    if (rows.empty()) {
        return std::nullopt;
    }
    IndexedDeadLetter found = indexed(rows[0]);
    const pqxx::result payload = tx.exec_params(
        "SELECT payload FROM dead_letters WHERE topic = $1 AND partition = $2"
        " AND record_offset = $3",
        id.topic,
        id.partition,
        id.offset
    );
    found.letter.payload = bytes_of(payload[0][0]);
    return found;
}

std::vector<DeadLetterCause> DeadLetters::stats(const std::string& topic) const {
    const Pool::Lease lease = pool_.acquire();
    pqxx::read_transaction tx(*lease, "dead_letter_stats");
    const pqxx::result rows = tx.exec_params(
        "SELECT coalesce(fingerprint, ''), topic, coalesce(source_topic, ''), coalesce(grp, ''),"
        " coalesce(error_class, ''), count(*) FILTER (WHERE state IN ('waiting', 'taken')),"
        " count(*) FILTER (WHERE state NOT IN ('waiting', 'taken')),"
        " extract(epoch FROM min(died_at)) * 1000, extract(epoch FROM max(died_at)) * 1000,"
        " (array_agg(partition || '/' || record_offset ORDER BY died_at DESC, partition DESC, "
        "record_offset DESC))[1],"
        " (array_agg(coalesce(error_message, '') ORDER BY died_at DESC, partition DESC, "
        "record_offset DESC))[1]"
        " FROM dead_letters WHERE $1 = '' OR topic = $1 GROUP BY 1, 2, 3, 4, 5"
        " ORDER BY 6 DESC, 7 DESC, 1, 2 LIMIT 1000",
        topic
    );
    std::vector<DeadLetterCause> causes;
    for (const auto& row : rows) {
        DeadLetterCause cause;
        cause.fingerprint = row[0].as<std::string>();
        cause.topic = row[1].as<std::string>();
        cause.source_topic = row[2].as<std::string>();
        cause.consumer_group = row[3].as<std::string>();
        cause.error_class = row[4].as<std::string>();
        cause.count = row[5].as<std::int64_t>();
        cause.handled = row[6].as<std::int64_t>();
        cause.first = time_of(row[7]);
        cause.last = time_of(row[8]);
        cause.example = parse_dead_letter_id(cause.topic + "/" + row[9].as<std::string>());
        cause.error_message = row[10].as<std::string>();
        causes.push_back(std::move(cause));
    }
    return causes;
}

}  // namespace carafe::postgres
