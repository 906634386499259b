#pragma once

#include <string>

#include "carafe/postgres/redrives.h"
#include "postgres/dead_letters/parameters.h"

namespace carafe::postgres {

// The condition on `dead_letters d` that the selection stands for, as "WHERE ...". `left_out` is
// what a redrive passes over although it was asked for.
struct SelectionSql {
    std::string base;        // asked for, and still waiting
    std::string can_go;      // " AND ...": of those, what may go
    std::string is_foreign;  // conditions that count what may not
    std::string is_parked;
};
SelectionSql selection_sql(
    const DeadLetterSelection& selection, RedriveKind kind, Parameters& parameters
);

// " ORDER BY ... LIMIT ...": those of one key in their original order.
std::string selection_order(const DeadLetterSelection& selection, Parameters& parameters);

// How it is kept in the table `redrives`.
std::string selection_json(const DeadLetterSelection& selection);
DeadLetterSelection parse_selection(const std::string& text);

}  // namespace carafe::postgres
