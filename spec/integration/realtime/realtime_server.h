#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>

#include "carafe/errors.h"
#include "carafe/realtime/server.h"
#include "carafe/testing/eventually.h"
#include "raw_client.h"

namespace carafe::realtime {

using carafe::testing::eventually;
using raw::Connection;
using raw::Polling;
using raw::WebSocket;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

inline Server::Options any_port() {
    Server::Options options;
    options.port = 0;
    options.allowed_origins = {"http://shop.example"};
    options.namespaces = {"/", "/custom"};
    return options;
}

// A server with the handlers the specs talk to.
class RealtimeServer : public ::testing::Test {
protected:
    void start(const Server::Options& options) {
        server_ = std::make_unique<Server>(options);
        server_->on_connect([](Socket& socket) {
            if (socket.handshake().auth == R"({"token":"bad"})") {
                throw ConnectRefused("unauthorised", R"({"code":"bad_token"})");
            }
            socket.join("everybody");
        });
        server_->on("join", [](Socket& socket, const Event& event) {
            socket.join(event.arguments);
            event.acknowledge(R"("joined")");
        });
        server_->on("echo", [](Socket&, const Event& event) {
            event.acknowledge(event.arguments, event.attachments);
        });
        server_->on("bye", [](Socket& socket, const Event&) { socket.disconnect(true); });
        server_->on_disconnect([this](Socket&) { ++disconnected_; });
        server_->start();
        port_ = server_->port();
    }
    RealtimeServer() { start(any_port()); }

    // Runs `task` on the server's thread and waits for it.
    void on_server(const std::function<void()>& task) {
        std::promise<void> done;
        server_->post([&] {
            task();
            done.set_value();
        });
        ASSERT_EQ(done.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
    }

    std::atomic<int> disconnected_{0};
    std::unique_ptr<Server> server_;
    int port_ = 0;
};

}  // namespace carafe::realtime
