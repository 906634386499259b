#include "postgres/dead_letters/index.h"

#include <algorithm>
#include <map>

#include "carafe/postgres/dead_letters.h"
#include "carafe/postgres/outbox.h"
#include "config/text.h"
#include "kafka/log_reader.h"
#include "postgres/array_literal.h"
#include "postgres/dead_letters/rows.h"

namespace carafe::postgres {

namespace {

constexpr std::size_t kChunkRecords = 500;
constexpr std::size_t kChunkBytes = 8ULL * 1024 * 1024;
// The last instant of the year 9999: what a header may say, and PostgreSQL and people can read.
constexpr std::int64_t kTimestampMaxMs = 253'402'300'799'000;

std::int64_t milliseconds_of(std::chrono::system_clock::time_point time) {
    return std::clamp<std::int64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count(),
        0,
        kTimestampMaxMs
    );
}

// Empty when it has none that could be ours.
std::string death_id(const DeadLetter& letter) {
    constexpr std::size_t kLength = 32;
    const std::string_view id = letter.header("dlq_id").value_or("");
    const bool is_ours =
        id.size() == kLength && id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    return std::string(is_ours ? id : "");
}

struct Columns {
    ArrayLiteral topics;
    ArrayLiteral partitions;
    ArrayLiteral offsets;
    ArrayLiteral died;
    ArrayLiteral keys;
    ArrayLiteral payloads;
    ArrayLiteral headers;
    // Of foreign records, too: the statement makes NULLs of an empty source topic.
    ArrayLiteral source_topics;
    ArrayLiteral source_partitions;
    ArrayLiteral source_offsets;
    ArrayLiteral source_times;
    ArrayLiteral groups;
    ArrayLiteral attempts;
    ArrayLiteral classes;
    ArrayLiteral messages;
    ArrayLiteral fingerprints;
    ArrayLiteral redrives;
    ArrayLiteral ids;  // of the deaths

    void add(const DeadLetter& letter) {
        topics.add_text(letter.id.topic);
        partitions.add_number(letter.id.partition);
        offsets.add_number(letter.id.offset);
        died.add_number(milliseconds_of(letter.at));
        keys.add_bytes(letter.key);
        payloads.add_bytes(letter.payload);
        headers.add_text(outbox_headers(letter.headers));
        const DeadLetter::Origin origin = letter.origin.value_or(DeadLetter::Origin{});
        source_topics.add_text(config::valid_text(origin.topic));
        source_partitions.add_number(origin.partition);
        source_offsets.add_number(origin.offset);
        source_times.add_number(std::clamp<std::int64_t>(origin.timestamp_ms, 0, kTimestampMaxMs));
        groups.add_text(config::valid_text(origin.group));
        attempts.add_number(origin.attempts);
        classes.add_text(config::valid_text(origin.error_class));
        messages.add_text(config::valid_text(origin.error_message));
        fingerprints.add_text(config::valid_text(origin.fingerprint));
        redrives.add_number(origin.redrives);
        ids.add_text(death_id(letter));
    }
};

// A relay may publish a record twice; both lie in the topic, and are one dead letter: the first.
constexpr const char* kInsert =
    "INSERT INTO dead_letters (topic, partition, record_offset, died_at, key, payload, headers,"
    " source_topic, source_partition, source_offset, source_at, grp, attempts, error_class,"
    " error_message, fingerprint, redrives, death_id)"
    " SELECT topic, partition, record_offset, to_timestamp(died / 1000.0), key, payload, headers,"
    " source, CASE WHEN source IS NOT NULL THEN source_partition END,"
    " CASE WHEN source IS NOT NULL THEN source_offset END,"
    " CASE WHEN source IS NOT NULL THEN to_timestamp(source_time / 1000.0) END,"
    " nullif(grp, ''), attempts, nullif(class, ''), nullif(message, ''), nullif(fingerprint, ''),"
    " redrives, nullif(death_id, '')"
    " FROM (SELECT *, nullif(source_topic, '') AS source FROM unnest($1::text[], $2::int[],"
    " $3::bigint[], $4::bigint[], $5::bytea[], $6::bytea[], $7::jsonb[], $8::text[], $9::int[],"
    " $10::bigint[], $11::bigint[], $12::text[], $13::int[], $14::text[], $15::text[], $16::text[],"
    " $17::int[], $18::text[]) AS r (topic, partition, record_offset, died, key, payload, headers, "
    "source_topic,"
    " source_partition, source_offset, source_time, grp, attempts, class, message, fingerprint,"
    " redrives, death_id)) AS record"
    " ON CONFLICT DO NOTHING";

std::size_t size_of(const DeadLetter& letter) {
    std::size_t bytes = letter.key.value_or("").size() + letter.payload.value_or("").size();
    for (const auto& [name, value] : letter.headers) {
        bytes += name.size() + value.size();
    }
    return bytes;
}

// The part of each partition that the index does not have yet.
std::vector<kafka::LogRange> missing_ranges(
    Pool& pool, const kafka::LogReader& reader, const std::vector<std::string>& topics
) {
    std::vector<kafka::LogRange> missing;
    for (const std::string& topic : topics) {
        std::map<std::int32_t, std::int64_t> indexed;
        {
            const Pool::Lease lease = pool.acquire();
            pqxx::read_transaction tx(*lease, "indexed");
            for (const auto& row : tx.exec_params(
                     "SELECT partition, max(record_offset) + 1 FROM dead_letters WHERE topic = $1"
                     " GROUP BY partition",
                     topic
                 )) {
                indexed[row[0].as<std::int32_t>()] = row[1].as<std::int64_t>();
            }
        }
        for (kafka::LogRange range : reader.ranges(topic)) {
            const auto known = indexed.find(range.partition);
            range.from = known == indexed.end() ? range.from : std::max(range.from, known->second);
            if (range.from < range.to) {
                missing.push_back(std::move(range));
            }
        }
    }
    return missing;
}

void store(Pool& pool, std::vector<DeadLetter>& chunk) {
    const Pool::Lease lease = pool.acquire();
    pqxx::work tx(*lease, "index_dead_letters");
    index_dead_letters(tx, chunk);
    tx.commit();
    chunk.clear();
}

}  // namespace

void index_dead_letters(pqxx::transaction_base& tx, const std::vector<DeadLetter>& dead_letters) {
    if (dead_letters.empty()) {
        return;
    }
    Columns columns;
    for (const DeadLetter& letter : dead_letters) {
        columns.add(letter);
    }
    tx.exec_params(
        kInsert,
        columns.topics.finish(),
        columns.partitions.finish(),
        columns.offsets.finish(),
        columns.died.finish(),
        columns.keys.finish(),
        columns.payloads.finish(),
        columns.headers.finish(),
        columns.source_topics.finish(),
        columns.source_partitions.finish(),
        columns.source_offsets.finish(),
        columns.source_times.finish(),
        columns.groups.finish(),
        columns.attempts.finish(),
        columns.classes.finish(),
        columns.messages.finish(),
        columns.fingerprints.finish(),
        columns.redrives.finish(),
        columns.ids.finish()
    );
}

void DeadLetterIndexer::consume(const Batch& batch, pqxx::work& tx) {
    std::vector<DeadLetter> letters;
    letters.reserve(batch.size());
    for (const Message& message : batch) {
        letters.push_back(read_dead_letter(message));
    }
    index_dead_letters(tx, letters);
}

std::size_t index_up_to_now(
    Pool& pool,
    const std::map<std::string, std::string>& kafka_properties,
    const std::vector<std::string>& topics
) {
    kafka::LogReader reader(kafka_properties);
    std::vector<DeadLetter> chunk;
    std::size_t bytes = 0;
    std::size_t count = 0;
    reader.read(missing_ranges(pool, reader, topics), [&](const Message& message) {
        chunk.push_back(read_dead_letter(message));
        bytes += size_of(chunk.back());
        ++count;
        if (chunk.size() == kChunkRecords || bytes >= kChunkBytes) {
            store(pool, chunk);
            bytes = 0;
        }
        return true;
    });
    store(pool, chunk);
    return count;
}

}  // namespace carafe::postgres
