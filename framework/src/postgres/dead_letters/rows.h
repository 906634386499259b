#pragma once

#include <chrono>
#include <optional>
#include <pqxx/pqxx>
#include <string>

#include "carafe/dead_letter.h"

namespace carafe::postgres {

// A time that was selected as milliseconds: extract(epoch FROM t) * 1000.
std::chrono::system_clock::time_point time_of(const pqxx::field& field);
// A bytea; empty optional for NULL.
std::optional<std::string> bytes_of(const pqxx::field& field);

// Foreign bytes for a column of text, which takes UTF-8 without NUL: what is not gets U+FFFD.
std::string as_text(const std::string& bytes);

// A row that starts with topic, partition, record_offset, key, payload, headers, source_topic,
// source_partition, source_offset, source_at in milliseconds, grp, attempts, error_class,
// error_message, fingerprint, redrives.
DeadLetter letter_of(const pqxx::row& row);

}  // namespace carafe::postgres
