#pragma once

#include <string>

#include "carafe/settings.h"

namespace carafe::postgres {

// The libpq connection string for `settings`: what the URL says (URI or keyword form, its options
// kept), with the time-outs of `settings` in force. Throws ConfigurationError, without repeating
// the URL (it may hold a password).
std::string connection_string(
    const DatabaseSettings& settings, const std::string& application_name
);

// The same database, with everything unqualified living in `schema` (letters, digits, '_').
std::string with_search_path(const std::string& url, const std::string& schema);

// "postgres at 127.0.0.1:5433/shop", for messages; never user or password.
std::string describe(const std::string& url);

// `text` with every occurrence of the URL's password taken out.
std::string without_password(const std::string& url, std::string text);

}  // namespace carafe::postgres
