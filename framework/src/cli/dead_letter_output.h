#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "cli/dead_letters.h"
#include "cli/text.h"

namespace carafe::cli {

// How `dlq` shows dead letters. Nothing of a record reaches the terminal unescaped.

Table dead_letter_table(
    const std::vector<DeadLetter>& dead_letters, std::chrono::system_clock::time_point now
);
// Everything: where from, why, headers, payload (as text, or as a hex dump).
std::string dead_letter_report(
    const DeadLetter& dead_letter, std::chrono::system_clock::time_point now
);
// Bytes that are not UTF-8 come as <name>_base64.
boost::json::object dead_letter_json(const DeadLetter& dead_letter, bool with_contents);

// UTC with milliseconds.
std::string rfc3339(std::chrono::system_clock::time_point time);

// "42s", "3m", "2h", "5d".
std::string age(std::chrono::system_clock::duration duration);

}  // namespace carafe::cli
