#pragma once

#include <string>

namespace carafe::realtime {

// 20 characters of [A-Za-z0-9_-], 120 bits from the system's CSPRNG: who knows a session's id may
// speak for its client.
std::string random_id();

}  // namespace carafe::realtime
