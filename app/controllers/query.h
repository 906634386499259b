#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "carafe/http/problem.h"
#include "carafe/http/request.h"

namespace shop {

// Queries are read as strictly as bodies. Throws Problem 400 for a parameter that is not among
// `known`, and for one that is there twice.
void check_query(
    const carafe::http::Request& request, std::initializer_list<std::string_view> known
);

// A value of the query of at most `longest` characters: no longer than a search needs. Throws
// Problem 400.
std::optional<std::string> query_text(
    const carafe::http::Request& request, std::string_view name, std::size_t longest = 200
);

// 400 that points at /query/NAME; `message` completes "The query parameter NAME ...".
carafe::http::Problem bad_query(std::string_view name, const std::string& message);
// The same with 422: well-formed, but impossible.
carafe::http::Problem impossible_query(std::string_view name, const std::string& message);
// 400 that points at /header/NAME.
carafe::http::Problem bad_header(std::string_view name, const std::string& message);

}  // namespace shop
