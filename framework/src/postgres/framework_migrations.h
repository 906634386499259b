#pragma once

#include <vector>

#include "carafe/postgres/migrations.h"

namespace carafe::postgres {

// The tables the framework needs: positions of exactly_once partitions, the outbox and its leases.
// All names are unqualified, so they follow search_path.
std::vector<Migration> framework_migrations();

}  // namespace carafe::postgres
