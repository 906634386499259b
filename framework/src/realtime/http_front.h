#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "realtime/http_limits.h"
#include "realtime/http_message.h"
#include "realtime/loop.h"

namespace carafe::realtime {

// The listening socket and the HTTP connections: reads requests for a handler, turns connections
// into WebSockets. Loop's thread only, but for listen() and port().
class HttpFront {
public:
    struct Options {
        std::string bind;
        int port = 0;
        std::size_t max_connections = 20'000;
        HttpLimits limits;
    };

    HttpFront(Options options, Loop& loop, HttpHandler& handler);
    ~HttpFront();
    HttpFront(const HttpFront&) = delete;
    HttpFront& operator=(const HttpFront&) = delete;

    // Throws ConfigurationError naming the port when it is taken.
    void listen();
    [[nodiscard]] int port() const;

    // Takes no more connections, and closes those that wait for a request.
    void close();
    // Open connections, WebSockets included. Thread-safe.
    [[nodiscard]] std::size_t connections() const;
    // Closed at once because there were too many. Thread-safe.
    [[nodiscard]] std::size_t refused() const;

    class Implementation;

private:
    std::shared_ptr<Implementation> implementation_;
};

}  // namespace carafe::realtime
