#include "postgres/outbox_headers.h"

#include <boost/json.hpp>
#include <stdexcept>

#include "carafe/postgres/outbox.h"

namespace carafe::postgres {

namespace {

namespace json = boost::json;

// Kafka headers are bytes; JSON strings are UTF-8, and jsonb refuses NUL. What does not fit is
// written as {"hex": "00ff"}.
constexpr std::string_view kHex = "hex";

std::string to_hex(std::string_view bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string hex;
    hex.reserve(bytes.size() * 2);
    for (const char character : bytes) {
        const auto byte = static_cast<unsigned char>(character);
        hex += kDigits[byte >> 4U];
        hex += kDigits[byte & 15U];
    }
    return hex;
}

int from_digit(char digit) {
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    throw std::runtime_error("outbox headers: not a hexadecimal digit");
}

std::string from_hex(std::string_view hex) {
    if (hex.size() % 2 != 0) {
        throw std::runtime_error("outbox headers: half a byte in hexadecimal");
    }
    std::string bytes;
    bytes.reserve(hex.size() / 2);
    for (std::size_t at = 0; at < hex.size(); at += 2) {
        bytes += static_cast<char>(from_digit(hex[at]) * 16 + from_digit(hex[at + 1]));
    }
    return bytes;
}

// Boost.JSON's parser is strict about UTF-8; asking it keeps one notion of validity.
bool fits_json(std::string_view text) {
    bool plain = true;
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (byte == 0) {
            return false;
        }
        plain = plain && byte < 0x80;
    }
    if (plain) {
        return true;
    }
    json::error_code error;
    json::parse(json::serialize(json::string(text)), error);
    return !error;
}

json::value to_json(std::string_view text) {
    if (fits_json(text)) {
        return json::string(text);
    }
    return json::object{{kHex, to_hex(text)}};
}

std::string from_json(const json::value& value) {
    if (const json::string* text = value.if_string()) {
        return {text->data(), text->size()};
    }
    const json::object* object = value.if_object();
    const json::value* hex = object == nullptr ? nullptr : object->if_contains(kHex);
    if (hex == nullptr || !hex->is_string()) {
        throw std::runtime_error("outbox headers: neither a string nor {\"hex\": ...}");
    }
    return from_hex({hex->as_string().data(), hex->as_string().size()});
}

}  // namespace

std::string outbox_headers(const std::vector<std::pair<std::string, std::string>>& headers) {
    json::array pairs;
    pairs.reserve(headers.size());
    for (const auto& [name, value] : headers) {
        pairs.push_back(json::array{to_json(name), to_json(value)});
    }
    return json::serialize(pairs);
}

std::vector<std::pair<std::string, std::string>> parse_outbox_headers(std::string_view text) {
    json::error_code error;
    const json::value value = json::parse(text, error);
    const json::array* pairs = error ? nullptr : value.if_array();
    if (pairs == nullptr) {
        throw std::runtime_error("outbox headers: not a JSON array");
    }
    std::vector<std::pair<std::string, std::string>> headers;
    headers.reserve(pairs->size());
    for (const json::value& element : *pairs) {
        const json::array* pair = element.if_array();
        if (pair == nullptr || pair->size() != 2) {
            throw std::runtime_error("outbox headers: not a pair of name and value");
        }
        headers.emplace_back(from_json((*pair)[0]), from_json((*pair)[1]));
    }
    return headers;
}

}  // namespace carafe::postgres
