#include "postgres/dead_letters/rows.h"

#include "postgres/outbox_headers.h"

namespace carafe::postgres {

namespace {

std::string text_of(const pqxx::field& field) {
    return field.is_null() ? std::string() : field.as<std::string>();
}

}  // namespace

DeadLetter letter_of(const pqxx::row& row) {
    DeadLetter letter;
    letter.id = {row[0].as<std::string>(), row[1].as<std::int32_t>(), row[2].as<std::int64_t>()};
    letter.key = bytes_of(row[3]);
    letter.payload = bytes_of(row[4]);
    letter.headers = parse_outbox_headers(row[5].as<std::string>());
    if (!row[6].is_null()) {
        DeadLetter::Origin origin;
        origin.topic = row[6].as<std::string>();
        origin.partition = row[7].as<std::int32_t>();
        origin.offset = row[8].as<std::int64_t>();
        origin.timestamp_ms = static_cast<std::int64_t>(row[9].as<double>());
        origin.group = text_of(row[10]);
        origin.attempts = row[11].as<int>();
        origin.error_class = text_of(row[12]);
        origin.error_message = text_of(row[13]);
        origin.fingerprint = text_of(row[14]);
        origin.redrives = row[15].as<int>();
        letter.origin = std::move(origin);
    }
    return letter;
}

}  // namespace carafe::postgres
