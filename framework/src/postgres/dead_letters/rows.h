#pragma once

#include <pqxx/pqxx>
#include <string>

#include "carafe/dead_letter.h"
#include "postgres/fields.h"

namespace carafe::postgres {

// A row that starts with topic, partition, record_offset, key, payload, headers, source_topic,
// source_partition, source_offset, source_at in milliseconds, grp, attempts, error_class,
// error_message, fingerprint, redrives.
DeadLetter letter_of(const pqxx::row& row);

}  // namespace carafe::postgres
