#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include "carafe/http/response.h"

namespace carafe::http {

// What of the exchange shapes the bytes of its response.
struct ResponseContext {
    std::string_view request_id;
    std::string_view date;  // IMF-fixdate, see http_date()
    bool is_head = false;
    bool keep_alive = true;
    int minor_version = 1;
    std::string_view route = {};  // X-Route; empty: none
};

// Appends the response as HTTP/1.1 bytes. Returns false, with `output` unchanged, when a header of
// the handler would split the response.
bool append_response(std::string& output, const Response& response, const ResponseContext& context);

// Sun, 06 Nov 1994 08:49:37 GMT
std::string http_date(std::time_t time);

}  // namespace carafe::http
