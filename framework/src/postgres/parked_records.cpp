#include "postgres/parked_records.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "carafe/postgres/outbox.h"
#include "config/text.h"
#include "postgres/array_literal.h"
#include "postgres/fields.h"
#include "postgres/outbox_headers.h"
#include "processing/dead_letter_record.h"

namespace carafe::postgres {

namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

std::optional<std::string> copy(const std::optional<std::string_view>& bytes) {
    return bytes ? std::optional<std::string>(*bytes) : std::nullopt;
}

std::string headers_of(const Message& message) {
    std::vector<std::pair<std::string, std::string>> headers;
    for (const Header& header : message.headers()) {
        headers.emplace_back(header.name, header.value);
    }
    return outbox_headers(headers);
}

// A row of the table, and the view of it that a consumer gets.
class ParkedRow final : public processing::ParkedMessage, private MessageSource {
public:
    ParkedRow(processing::PartitionId partition, std::int64_t offset, const pqxx::row& row)
        : partition_(std::move(partition)),
          key_(bytes_of(row[0])),
          payload_(bytes_of(row[1])),
          headers_(parse_outbox_headers(row[2].as<std::string>())),
          timestamp_(milliseconds(row[3].as<std::int64_t>())),
          message_({
              .topic = partition_.topic,
              .partition = partition_.partition,
              .offset = offset,
              .key = key_,
              .payload = payload_,
              .attempt = 1,
              .source = this,
              .record = this,
          }) {}
    ParkedRow(const ParkedRow&) = delete;
    ParkedRow& operator=(const ParkedRow&) = delete;
    ~ParkedRow() override = default;

    [[nodiscard]] const Message& message() const override { return message_; }

private:
    system_clock::time_point timestamp(const void* /*record*/) const override { return timestamp_; }
    std::vector<Header> headers(const void* /*record*/) const override {
        std::vector<Header> all;
        for (const auto& [name, value] : headers_) {
            all.push_back({name, value});
        }
        return all;
    }

    const processing::PartitionId partition_;
    const std::optional<std::string> key_;
    const std::optional<std::string> payload_;
    const std::vector<std::pair<std::string, std::string>> headers_;
    const system_clock::time_point timestamp_;
    const Message message_;
};

}  // namespace

std::vector<processing::ParkedRecord> ParkedRecords::list(pqxx::transaction_base& tx) const {
    std::vector<processing::ParkedRecord> records;
    const pqxx::result rows = tx.exec_params(
        "SELECT record_offset, key, attempts FROM parked_records"
        " WHERE grp = $1 AND topic = $2 AND partition = $3 ORDER BY record_offset",
        partition_.group,
        partition_.topic,
        partition_.partition
    );
    for (const auto& row : rows) {
        records.push_back({row[0].as<std::int64_t>(), bytes_of(row[1]), row[2].as<int>()});
    }
    return records;
}

void ParkedRecords::add(
    pqxx::transaction_base& tx,
    const std::vector<Message>& records,
    const processing::Parking& parking
) const {
    ArrayLiteral offsets;
    ArrayLiteral keys;
    ArrayLiteral payloads;
    ArrayLiteral headers;
    ArrayLiteral times;
    for (const Message& message : records) {
        offsets.add_number(message.offset());
        keys.add_bytes(copy(message.key()));
        payloads.add_bytes(copy(message.payload()));
        headers.add_text(headers_of(message));
        times.add_number(
            std::chrono::duration_cast<milliseconds>(message.timestamp().time_since_epoch()).count()
        );
    }
    // Bytes, as an exception's text may hold any.
    const std::string error(
        config::shortened(parking.failure.error_message, processing::kErrorMessageBytesMax)
    );
    tx.exec_params(
        "INSERT INTO parked_records"
        " (grp, topic, partition, record_offset, key, payload, headers, record_ms, attempts,"
        "  error_class, error_message)"
        " SELECT $1, $2, $3, record.*, $9, $10, $11"
        " FROM unnest($4::bigint[], $5::bytea[], $6::bytea[], $7::jsonb[], $8::bigint[]) AS record"
        " ON CONFLICT DO NOTHING",
        partition_.group,
        partition_.topic,
        partition_.partition,
        offsets.finish(),
        keys.finish(),
        payloads.finish(),
        headers.finish(),
        times.finish(),
        parking.attempts,
        pqxx::binarystring(parking.failure.error_class),
        pqxx::binarystring(error)
    );
}

std::unique_ptr<processing::ParkedMessage> ParkedRecords::find(
    pqxx::transaction_base& tx, std::int64_t offset
) const {
    const pqxx::result rows = tx.exec_params(
        "SELECT key, payload, headers, record_ms FROM parked_records"
        " WHERE grp = $1 AND topic = $2 AND partition = $3 AND record_offset = $4",
        partition_.group,
        partition_.topic,
        partition_.partition,
        offset
    );
    return rows.empty() ? nullptr : std::make_unique<ParkedRow>(partition_, offset, rows[0]);
}

bool ParkedRecords::remove(pqxx::transaction_base& tx, std::int64_t offset) const {
    return tx.exec_params(
                 "DELETE FROM parked_records"
                 " WHERE grp = $1 AND topic = $2 AND partition = $3 AND record_offset = $4",
                 partition_.group,
                 partition_.topic,
                 partition_.partition,
                 offset
           )
               .affected_rows() == 1;
}

}  // namespace carafe::postgres
