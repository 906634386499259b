#pragma once

#include <string>
#include <string_view>

#include "postgres/dead_letters/parameters.h"

namespace carafe::postgres {

// A filter in the language of `dlq list --where`, as a condition on `dead_letters d`:
//
//     error_class = "shop::UnknownOrder" and source_partition in (0, 2) and not age < 1h
//
// Fields of text: id topic key state source_topic consumer_group error_class error_message
// fingerprint payload header.NAME (= != in contains); numbers: partition offset source_partition
// source_offset attempts redrives (= != < <= > >= in); age with a duration; died_at and produced_at
// with a time ("2026-11-21T03:00:00Z").
struct Filter {
    std::string sql;
    bool mentions_state = false;
};

// Throws FilterError.
Filter parse_filter(std::string_view text, Parameters& parameters);

}  // namespace carafe::postgres
