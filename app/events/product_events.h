#pragma once

#include <string>

#include "app/events/event.h"
#include "app/models/product.h"

namespace shop {

// product.created or product.updated; archiving a product is announced as product.updated, too.
Event product_event(
    const std::string& type,
    const Product& product,
    const std::string& now,
    const std::string& traceparent
);

}  // namespace shop
