#pragma once

#include <cstdint>
#include <string>

namespace shop {

// An amount in the currency's smallest unit (cents); never a floating point number.
struct Money {
    std::int64_t amount_minor = 0;
    std::string currency;  // ISO 4217
};

}  // namespace shop
