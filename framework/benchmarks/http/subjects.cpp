// What bin/bench http asks: `carafe_http_bench carafe|pistache PORT` answers GET /hello with the
// same bytes of JSON on one worker thread, by the framework (guard, router among 40 routes, request
// id, metrics) and by Pistache alone. Runs until its input ends.
#include <pistache/endpoint.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "carafe/http/request_metrics.h"
#include "carafe/http/server.h"
#include "carafe/metrics.h"
#include "http_bench.h"

namespace carafe::bench {
namespace {

constexpr const char* kHello = R"({"message":"hello, world"})";

void wait_for_end_of_input() {
    char byte = 0;
    while (::read(STDIN_FILENO, &byte, 1) > 0) {
    }
}

http::Response hello(const http::Request&) {
    return http::Response::json(200, kHello);
}

}  // namespace

void serve_with_carafe(int port) {
    Metrics metrics;
    http::Router router;
    router.also_under({"/api", "/api/v1"});
    router.get("/hello", hello);
    for (int i = 0; i < 20; ++i) {
        const std::string resource = "/resource" + std::to_string(i);
        router.get(resource, hello);
        router.get(resource + "/:id", hello);
    }
    http::Server::Options options;
    options.port = port;
    options.threads = 1;
    options.names_route = true;
    options.on_request = http::RequestMetrics(metrics);
    http::Server server(options, router);
    server.start();
    wait_for_end_of_input();
    server.stop(std::chrono::milliseconds(100));
}

namespace {

class PlainHandler final : public Pistache::Http::Handler {
public:
    HTTP_PROTOTYPE(PlainHandler)

    void onRequest(const Pistache::Http::Request&, Pistache::Http::ResponseWriter response)
        override {
        response.send(
            Pistache::Http::Code::Ok, kHello, Pistache::Http::Mime::MediaType("application/json")
        );
    }
};

}  // namespace

void serve_with_pistache(int port) {
    Pistache::Http::Endpoint endpoint(
        Pistache::Address("127.0.0.1", Pistache::Port(static_cast<std::uint16_t>(port)))
    );
    endpoint.init(Pistache::Http::Endpoint::options().threads(1).flags(
        Pistache::Tcp::Options::ReuseAddr | Pistache::Tcp::Options::NoDelay
    ));
    endpoint.setHandler(Pistache::Http::make_handler<PlainHandler>());
    endpoint.serveThreaded();
    wait_for_end_of_input();
    ::_exit(0);  // its shutdown may hang with clients connected
}

}  // namespace carafe::bench
