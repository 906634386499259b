#pragma once

#include <string_view>

#include "app/models/catalogue.h"

namespace shop {

// The bodies of POST /products and PATCH /products/:id. Throw Problem 400 with a pointer for each
// mistake.
ProductDraft read_product_draft(std::string_view body);
ProductChange read_product_change(std::string_view body);

}  // namespace shop
