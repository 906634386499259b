#pragma once

#include <string_view>

namespace shop {

// app/api/openapi.json, as it was built into the program. A spec holds it against the routes.
std::string_view openapi_document();

}  // namespace shop
