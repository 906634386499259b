#pragma once

#include <string>

namespace carafe::cli {

// Where a process of ours may have its ops port.
struct OpsAddress {
    std::string host = "127.0.0.1";
    int port = 0;
};
// "9300", "127.0.0.1:9300" or "worker-1:9300". Throws ConfigurationError.
OpsAddress parse_address(const std::string& text);

// The body of a 200 to GET `path`. Throws std::runtime_error saying what came instead; waits two
// seconds at most for each answer.
std::string ops_get(const OpsAddress& address, const std::string& path);

}  // namespace carafe::cli
