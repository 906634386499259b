#pragma once

#include <string_view>

#include "carafe/http/request.h"

namespace carafe::http {

// Reads a request target (RFC 9112, 3.2: origin-form, absolute-form, `*` for OPTIONS) into path,
// segments and query. Returns nullptr, or the sentence for the client when it must be refused with
// 400: bad percent-encoding, bytes that are not UTF-8, control characters, a `.` or `..` segment.
const char* parse_target(std::string_view target, Request& request);

}  // namespace carafe::http
