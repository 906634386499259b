#pragma once

#include <string>
#include <vector>

#include "realtime/http_message.h"

namespace carafe::realtime {

// Which web pages may talk to the server. A browser sends cookies along with a WebSocket or a plain
// POST of any page, so a foreign origin is refused, not only left without CORS headers.
class OriginPolicy {
public:
    // Empty: the page's own host only. "*": any, but then without credentials.
    explicit OriginPolicy(const std::vector<std::string>& allowed);

    // Requests without an Origin do not come from a page.
    [[nodiscard]] bool allows(const HttpRequest& request) const;
    // The CORS headers of a response to a request that is allowed.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> headers(
        const HttpRequest& request
    ) const;

private:
    std::vector<std::string> allowed_;
    bool any_ = false;
};

}  // namespace carafe::realtime
