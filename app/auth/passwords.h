#pragma once

#include <string>

namespace shop {

// Whether the password belongs to the argon2id hash. Takes as long for an empty hash (an unknown
// account) as for a real one, so that nobody learns by the clock which accounts exist.
bool password_matches(const std::string& hash, const std::string& password);

// The argon2id hash to keep, at libsodium's interactive limits: 64 MiB and some 50 ms.
std::string password_hash(const std::string& password);

}  // namespace shop
