#pragma once

#include <cstddef>
#include <string_view>

namespace shop {

// Of valid UTF-8.
std::size_t count_characters(std::string_view utf8);
// Neither a line break nor any other control character of ASCII.
bool is_line(std::string_view text);
bool has_something_to_see(std::string_view line);

// An e-mail address as browsers define it (HTML Living Standard, 4.10.5.1.5), of at most 254 bytes.
bool is_email(std::string_view text);
// An officially assigned two-letter code of ISO 3166-1, such as DE.
bool is_country(std::string_view text);
// Shaped as a code of ISO 4217, such as USD.
bool is_currency(std::string_view text);

}  // namespace shop
