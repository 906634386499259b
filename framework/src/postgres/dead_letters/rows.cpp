#include "postgres/dead_letters/rows.h"

#include "config/text.h"
#include "postgres/outbox_headers.h"

namespace carafe::postgres {

namespace {

std::string text_of(const pqxx::field& field) {
    return field.is_null() ? std::string() : field.as<std::string>();
}

}  // namespace

std::chrono::system_clock::time_point time_of(const pqxx::field& field) {
    const auto milliseconds = static_cast<std::int64_t>(field.as<double>());
    return std::chrono::system_clock::time_point(std::chrono::milliseconds(milliseconds));
}

std::optional<std::string> bytes_of(const pqxx::field& field) {
    return field.is_null() ? std::nullopt
                           : std::optional<std::string>(pqxx::binarystring(field).str());
}

std::string as_text(const std::string& bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = config::character_length(bytes, at);
        if (length == 0 || bytes[at] == '\0') {
            text += "\xEF\xBF\xBD";  // U+FFFD, the replacement character
            ++at;
        } else {
            text.append(bytes, at, length);
            at += length;
        }
    }
    return text;
}

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
