#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "carafe/postgres/migrations.h"

namespace carafe::postgres {

// One file: its name gives version and name, its text the sections. Throws ConfigurationError,
// naming the file and, where it can, the line.
Migration parse_migration(const std::string& file_name, std::string_view text);

// All *.sql files of a directory, in order of version; other files are left alone. Throws
// ConfigurationError for a directory or file that cannot be read or is malformed.
std::vector<Migration> read_migrations(const std::string& directory);

}  // namespace carafe::postgres
