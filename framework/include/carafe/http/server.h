#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "carafe/http/router.h"

namespace carafe::http {

// An HTTP/1.1 server: Pistache's threads, epoll and sockets behind a guard that does all framing,
// limits and time-outs, and writes each response on the worker thread that owns the connection.
class Server {
public:
    // One answered request, also those that the guard refused before routing (empty method then).
    struct Access {
        std::string_view method;
        std::string_view route;  // the pattern; empty when no route matched
        std::string_view path;
        std::string_view request_id;
        std::string_view remote_address;
        int status = 0;
        std::chrono::steady_clock::duration duration{};  // from its last byte to the response
    };

    struct Options {
        std::string bind = "127.0.0.1";
        int port = 3003;  // 0: any free port, see port()
        int threads = 2;
        int max_connections = 10'000;         // in total; one more gets 503 and is closed
        int max_connections_per_address = 0;  // 0: no such limit; trusted proxies have none
        int max_deferred = 256;               // Request::defer() gives nullptr beyond
        std::size_t max_header_bytes = 8UL * 1024;
        std::size_t max_headers = 64;
        std::size_t max_body_bytes = 64UL * 1024;
        std::size_t max_response_bytes = 8UL * 1024 * 1024;  // a larger one becomes a 500
        // What clients make the server hold, in total: requests that come slowly, responses that
        // are not read. Beyond it whoever needs more than 16 KiB is cut off.
        std::size_t max_buffered_bytes = 256UL * 1024 * 1024;
        // Time-outs: a client has at least this long, and up to an eighth more, so that slow ones
        // that came together do not keep the server busy together.
        std::chrono::milliseconds header_timeout{5'000};
        std::chrono::milliseconds body_timeout{10'000};
        std::chrono::milliseconds keep_alive_timeout{15'000};
        std::chrono::milliseconds write_timeout{10'000};  // for each 640 KiB of a response
        std::chrono::milliseconds deferred_timeout{30'000};
        // How long a stopping server leaves idle connections open for a request under way. Longer
        // than the gateway keeps them idle, no request can cross a close.
        std::chrono::milliseconds stop_idle_time{100};
        bool exports_spans = true;  // a span for each request, while there is a SpanExport
        bool names_route = false;   // X-Route: the pattern that served it, for the gateway's log
        std::vector<std::string> trusted_proxies{"127.0.0.1", "::1"};
        // For metrics (the log has a line per request at level debug anyway). Called on worker
        // threads, concurrently; must not throw.
        std::function<void(const Access&)> on_request;
    };

    // `router` must outlive the server and must not change after start().
    Server(Options options, const Router& router);
    ~Server();  // stop(0 ms)
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Listens. Once per object. Throws ConfigurationError naming the address when it cannot, or
    // when the process may not open as many descriptors as max_connections needs.
    void start();
    // The port in use; after start().
    [[nodiscard]] int port() const;
    // Connections now open.
    [[nodiscard]] int connections() const;
    // Stops accepting (what the kernel has accepted already is served), lets requests in flight
    // finish for at most `deadline`, then closes (deferred ones with 503). Each response says
    // `Connection: close`. Idempotent, any thread but a handler's. Returns later than the deadline
    // only while a handler does not return: no thread can be taken away from it.
    void stop(std::chrono::milliseconds deadline);

    class Implementation;

private:
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace carafe::http
