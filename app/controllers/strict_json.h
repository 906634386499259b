#pragma once

#include <boost/json/value.hpp>
#include <string_view>
#include <vector>

#include "carafe/http/problem.h"

namespace shop {

// Parses a request's body more strictly than JSON itself: at most 32 levels, no name twice in one
// object, no NUL in a text (PostgreSQL cannot store it), valid UTF-8. Throws Problem 400.
boost::json::value parse_strict_json(std::string_view text);

// The RFC 6901 pointer of a member below `parent`.
std::string pointer_to(const std::string& parent, std::string_view name);

}  // namespace shop
