#pragma once

#include <string>

#include "carafe/settings.h"

namespace carafe::postgres {

// Makes the database that the URL names, when the server does not have it: UTF-8, owned by the
// URL's user, who must be allowed to. True when it was made. Throws ConfigurationError when the URL
// names none, Unavailable when the server does not answer, pqxx::failure when it refuses.
bool create_database(const DatabaseSettings& settings);

// The name of the URL's database, by libpq's rules: else the user's name.
std::string database_name(const std::string& url);

}  // namespace carafe::postgres
