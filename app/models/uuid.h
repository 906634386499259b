#pragma once

#include <string>
#include <string_view>

namespace shop {

// A new UUIDv7 (RFC 9562): ids made later sort later, which keeps the indexes dense. Thread-safe.
std::string new_uuid();

// Whether the text is a UUID in the 8-4-4-4-12 form, of any version, in either case.
bool is_uuid(std::string_view text);

// In lower case, as PostgreSQL prints it, so that ids compare as text.
std::string canonical_uuid(std::string_view uuid);

}  // namespace shop
