#pragma once

#include <string>
#include <string_view>

namespace shop {

// An OpenAPI document as one HTML page for people, without scripts and with nothing to load. Throws
// for what is not such a document.
std::string docs_page(std::string_view openapi);

}  // namespace shop
