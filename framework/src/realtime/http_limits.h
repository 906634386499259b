#pragma once

#include <chrono>
#include <cstddef>

namespace carafe::realtime {

struct HttpLimits {
    std::size_t max_payload_bytes = std::size_t{16} * 1024;
    std::chrono::seconds request_timeout{10};     // the first request, and each response
    std::chrono::seconds keep_alive_timeout{30};  // from a response to the end of the next request
};

}  // namespace carafe::realtime
