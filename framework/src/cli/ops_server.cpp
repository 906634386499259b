#include <boost/json.hpp>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "carafe/errors.h"
#include "carafe/http/server.h"
#include "carafe/ops.h"

namespace carafe {

namespace {

constexpr int kPortMax = 65'535;
constexpr auto kStopDeadline = std::chrono::milliseconds(500);

boost::json::object as_json(const std::map<std::string, std::string>& reasons) {
    boost::json::object object;
    for (const auto& [name, reason] : reasons) {
        object[name] = reason;
    }
    return object;
}

http::Response health_response(
    const std::map<std::string, std::string>& red,
    const std::map<std::string, std::string>& warnings = {}
) {
    boost::json::object body{{"status", red.empty() ? "ok" : "failing"}, {"failing", as_json(red)}};
    if (!warnings.empty()) {
        body["warnings"] = as_json(warnings);
    }
    constexpr int kServiceUnavailable = 503;
    return http::Response::json(
        red.empty() ? 200 : kServiceUnavailable, boost::json::serialize(body)
    );
}

http::Response metrics_response(const Metrics& metrics) {
    http::Response response;
    response.headers.emplace_back("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = metrics.expose();
    return response;
}

http::Server::Options options(int port) {
    http::Server::Options options;
    options.port = port;
    options.threads = 1;
    options.max_connections = 64;
    options.exports_spans = false;  // of probes and scrapes
    return options;
}

}  // namespace

int ops_port(int fallback) {
    const char* text = std::getenv("OPS_PORT");
    if (text == nullptr || *text == '\0') {
        return fallback;
    }
    int port = 0;
    const char* last = text + std::strlen(text);
    const auto [end, error] = std::from_chars(text, last, port);
    if (error != std::errc() || end != last || port < 0 || port > kPortMax) {
        throw ConfigurationError(
            "OPS_PORT must be a port from 0 to 65535, got '" + std::string(text) + "'"
        );
    }
    return port;
}

class OpsServer::Implementation {
public:
    Implementation(
        int port, const Health& health, const Metrics& metrics, const Documents& documents
    )
        : server_(options(port), router_) {
        router_.get("/livez", [&health](const http::Request&) {
            return health_response(health.not_live());
        });
        router_.get("/readyz", [&health](const http::Request&) {
            return health_response(health.not_ready(), health.warnings());
        });
        router_.get("/metrics", [&metrics](const http::Request&) {
            return metrics_response(metrics);
        });
        for (const auto& [path, write] : documents) {
            router_.get(path, [write = write](const http::Request&) {
                return http::Response::json(200, write());
            });
        }
        try {
            server_.start();
        } catch (const ConfigurationError& error) {
            throw ConfigurationError(
                std::string(error.what()) + " (the ops port: OPS_PORT moves it)"
            );
        }
    }
    ~Implementation() { server_.stop(kStopDeadline); }
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;

    [[nodiscard]] int port() const { return server_.port(); }

private:
    http::Router router_;
    http::Server server_;
};

OpsServer::OpsServer(
    int port, const Health& health, const Metrics& metrics, const Documents& documents
)
    : implementation_(std::make_unique<Implementation>(port, health, metrics, documents)) {}

OpsServer::~OpsServer() = default;

int OpsServer::port() const {
    return implementation_->port();
}

}  // namespace carafe
