#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace carafe::http {

// Makes X-Request-Id values: 32 hex digits, unlikely to repeat in any process. One per thread.
class RequestIds {
public:
    RequestIds();
    std::string next();

private:
    std::uint64_t random();
    std::uint64_t state_;
    std::uint64_t prefix_;
};

// Whether a caller's X-Request-Id may be taken over: 1..128 of [A-Za-z0-9._-].
bool is_request_id(std::string_view text);

}  // namespace carafe::http
