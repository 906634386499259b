#pragma once

#include <string>

namespace shop {

// Whether the password belongs to the argon2id hash. Takes as long for an empty hash (an unknown
// account) as for a real one, so that nobody learns by the clock which accounts exist.
bool password_matches(const std::string& hash, const std::string& password);

}  // namespace shop
