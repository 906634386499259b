// A server of the framework in a process of its own, for specs that attack one from outside. Says
// "port N" on its output and serves until its input ends; then it stops in good order and exits 0.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "carafe/http/request_metrics.h"
#include "carafe/http/server.h"
#include "carafe/metrics.h"

namespace {

using namespace carafe::http;

// Names whose answer it is, over and over, so that no two answers have a byte range in common. By
// doubling: this handler's own time would be measured as the server's.
std::string signed_body(std::string_view id, std::size_t size) {
    std::string body = std::string(id) + ";";
    const std::size_t wanted =
        body.size() * std::max<std::size_t>(1, (size + body.size() - 1) / body.size());
    body.reserve(wanted);
    while (body.size() < wanted) {
        body.append(body, 0, wanted - body.size());
    }
    return body;
}

std::size_t size_of(const Request& request) {
    return std::strtoul(
        std::string(request.query_value("bytes").value_or("0")).c_str(), nullptr, 10
    );
}

void draw(Router& router, const Server*& server) {
    router.get("/id/:id", [](const Request& request) {
        return Response::text(
            200, signed_body(request.param("id"), size_of(request)), "text/plain"
        );
    });
    router.get("/slow/:id", [](const Request& request) {
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        return Response::text(
            200, signed_body(request.param("id"), size_of(request)), "text/plain"
        );
    });
    router.post("/echo", [](const Request& request) {
        return Response::text(200, request.body, "text/plain");
    });
    router.get("/connections", [&server](const Request&) {
        return Response::text(200, std::to_string(server->connections()), "text/plain");
    });
}

}  // namespace

int main() {
    carafe::Metrics metrics;
    Router router;
    const Server* known = nullptr;
    draw(router, known);
    Server::Options options;
    options.port = 0;
    options.max_connections = 4'000;
    options.max_connections_per_address = 512;
    options.on_request = RequestMetrics(metrics);
    Server server(options, router);
    known = &server;
    server.start();
    std::printf("port %d\n", server.port());
    std::fflush(stdout);
    char byte = 0;
    while (::read(STDIN_FILENO, &byte, 1) > 0) {
    }
    server.stop(std::chrono::seconds(5));
    return 0;
}
