#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/models/product.h"
#include "carafe/http/request.h"

namespace shop {

// `"3-17"`: the version of the product and of its stock.
std::string entity_tag(const Product& product);

// The header If-Match: which versions of a product the client knows. The version of the stock does
// not count, or nobody could change a product that sells well.
class IfMatch {
public:
    // Nothing when there is no such header. Throws Problem 400 when it is malformed.
    static std::optional<IfMatch> of(const carafe::http::Request& request);

    [[nodiscard]] bool knows(int version) const;

private:
    bool any_ = false;  // `*`
    std::vector<std::string> tags_;
};

}  // namespace shop
