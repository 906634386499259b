#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>

#include "carafe/errors.h"
#include "carafe/http/problem.h"
#include "carafe/http/server.h"
#include "http_client.h"

namespace carafe::http::spec {

using namespace std::chrono_literals;

// A server on a free port with a few routes; specs add their own before serve().
class ServerSpec : public ::testing::Test {
protected:
    ServerSpec() {
        options_.port = 0;
        options_.max_response_bytes = 64UL * 1024 * 1024;
        router_.get("/hello", [](const Request&) { return Response::json(200, "{}"); });
        router_.get("/id/:id", [](const Request& request) {
            return Response::text(200, "ID:" + std::string(request.param("id")), "text/plain");
        });
        router_.post("/echo", [](const Request& request) {
            return Response::text(200, request.body, "text/plain");
        });
        router_.get("/large", [](const Request& request) {
            const auto size = std::stoul(std::string(request.query_value("bytes").value_or("0")));
            return Response::text(200, std::string(size, 'x'), "text/plain");
        });
    }

    void serve() {
        server_ = std::make_unique<Server>(options_, router_);
        server_->start();
    }
    [[nodiscard]] int port() const { return server_->port(); }

    Server::Options options_;
    Router router_;
    std::unique_ptr<Server> server_;
};

}  // namespace carafe::http::spec
