#pragma once

#include <string>
#include <vector>

#include "carafe/http/request.h"

namespace carafe::http {

// Whose request it is. `peer` is the other end of the socket; only when it is a trusted proxy is
// X-Forwarded-For believed, from the right up to the first address that is no trusted proxy itself
// (what stands further left is the client's own claim).
std::string client_address(
    const std::string& peer, const Request& request, const std::vector<std::string>& trusted_proxies
);

}  // namespace carafe::http
