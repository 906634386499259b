#pragma once

#include <exception>
#include <optional>

#include "processing/failure.h"

namespace carafe::postgres {

// What a PostgreSQL error means for the records of the call (a processing::Classifier): systemic
// and contention never cost a record an attempt, permanent does. Nothing for errors of others.
// Systemic errors that time alone will not heal (a missing table, a refused login) also go to the
// log as errors.
std::optional<processing::FailureKind> classify_postgres(const std::exception& error);

}  // namespace carafe::postgres
