#include "postgres/array_literal.h"

#include <utility>

namespace carafe::postgres {

void ArrayLiteral::separate() {
    if (text_.size() > 1) {
        text_ += ',';
    }
}

void ArrayLiteral::add_number(std::int64_t value) {
    separate();
    text_ += std::to_string(value);
}

void ArrayLiteral::add_text(std::string_view value) {
    separate();
    text_ += '"';
    for (const char character : value) {
        if (character == '"' || character == '\\') {
            text_ += '\\';
        }
        text_ += character;
    }
    text_ += '"';
}

void ArrayLiteral::add_bytes(const std::optional<std::string>& value) {
    separate();
    if (!value) {
        text_ += "NULL";
        return;
    }
    constexpr char kDigits[] = "0123456789abcdef";
    text_ += "\"\\\\x";  // the backslash of \x is escaped inside an array
    for (const char character : *value) {
        const auto byte = static_cast<unsigned char>(character);
        text_ += kDigits[byte >> 4U];
        text_ += kDigits[byte & 15U];
    }
    text_ += '"';
}

std::string ArrayLiteral::finish() {
    return std::exchange(text_, "{") + "}";
}

}  // namespace carafe::postgres
