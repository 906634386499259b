#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace carafe::postgres {

// Builds the text of a PostgreSQL array, so that one statement takes any number of values.
class ArrayLiteral {
public:
    void add_number(std::int64_t value);
    void add_text(std::string_view value);
    // A bytea: any bytes; empty optional: NULL.
    void add_bytes(const std::optional<std::string>& value);

    // The literal; the object is empty afterwards.
    std::string finish();

private:
    void separate();

    std::string text_ = "{";
};

}  // namespace carafe::postgres
