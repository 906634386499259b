#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shop {

// The `traceparent` (W3C Trace Context) of what follows from something that had `parent`: the same
// trace, a new span. A missing or malformed parent starts a new trace.
std::string child_traceparent(std::optional<std::string_view> parent);

}  // namespace shop
