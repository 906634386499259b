#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "carafe/http/router.h"

namespace carafe::http {

// An HTTP/1.1 server: Pistache's threads and sockets behind a guard that does all framing, limits
// and time-outs, and writes each response on the worker thread that handled it.
class Server {
public:
    struct Options {
        std::string bind = "127.0.0.1";
        int port = 3003;  // 0: any free port, see port()
        int threads = 2;
        int max_connections = 10'000;
        std::size_t max_header_bytes = 8 * 1024;
        std::size_t max_headers = 64;
        std::size_t max_body_bytes = 64 * 1024;
        std::chrono::milliseconds header_timeout{5'000};
        std::chrono::milliseconds body_timeout{10'000};
        std::chrono::milliseconds keep_alive_timeout{15'000};
        std::chrono::milliseconds deferred_timeout{30'000};
        std::vector<std::string> trusted_proxies{"127.0.0.1", "::1"};
    };

    // `router` must outlive the server and must not change after start().
    Server(Options options, const Router& router);
    ~Server();

    // Listens. Throws ConfigurationError naming the port when it is taken.
    void start();
    // The port in use.
    [[nodiscard]] int port() const;
    // Stops accepting, lets requests in flight finish for at most `deadline`, then closes.
    // Idempotent.
    void stop(std::chrono::milliseconds deadline);

    class Implementation;

private:
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace carafe::http
