// The server that the official conformance suites of Engine.IO v4 and Socket.IO v5 talk to (public
// repository socketio/socket.io, docs/*/v*-test-suite; they are run by hand). The Engine.IO suite
// wants an echo below Socket.IO, so that mode stands on the engine layer itself.
//
//     realtime_conformance_server engine|socket|clients [PORT]    (default port 3000, until
//     SIGTERM)
//
// `clients` is `socket` with the usual heartbeat, for whole client libraries of any language and
// origin.
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "carafe/realtime/server.h"
#include "realtime/engine_server.h"
#include "realtime/http_front.h"
#include "realtime/loop.h"

namespace {

using namespace carafe::realtime;

constexpr std::chrono::milliseconds kPingInterval{300};
constexpr std::chrono::milliseconds kPingTimeout{200};
constexpr std::size_t kMaxPayloadBytes = 1'000'000;

class Echo final : public SessionListener {
public:
    explicit Echo(EngineSession& session) : session_(session) {}
    bool on_message(bool binary, std::string_view bytes) override {
        session_.send(binary ? binary_frame(std::string(bytes)) : message_frame(bytes));
        return true;
    }
    std::vector<Frame> farewell() override { return {}; }
    std::vector<Frame> directions(std::chrono::milliseconds) override { return {}; }
    void on_close() override {}

private:
    EngineSession& session_;
};

void wait_for_signal(const sigset_t& signals) {
    int received = 0;
    sigwait(&signals, &received);
}

void serve_engine(int port, const sigset_t& signals) {
    Loop loop;
    EngineServer::Options engine_options;
    engine_options.path = "/engine.io/";
    engine_options.engine.ping_interval = kPingInterval;
    engine_options.engine.ping_timeout = kPingTimeout;
    engine_options.engine.max_payload_bytes = kMaxPayloadBytes;
    EngineServer engine(engine_options, loop.timers(), [](EngineSession& session, HttpRequest) {
        return std::make_unique<Echo>(session);
    });
    HttpFront::Options front_options;
    front_options.bind = "::";
    front_options.port = port;
    front_options.limits.max_payload_bytes = kMaxPayloadBytes;
    HttpFront front(front_options, loop, engine);
    front.listen();
    std::thread thread([&] { loop.run(); });
    wait_for_signal(signals);
    loop.stop();
    thread.join();
}

// What stands between the brackets.
std::string_view elements(const std::string& array) {
    return std::string_view(array).substr(1, array.size() - 2);
}

void serve_socket(int port, bool is_patient, const sigset_t& signals) {
    Server::Options options;
    options.bind = "::";
    options.port = port;
    if (is_patient) {
        options.allowed_origins = {"*"};
    } else {
        options.ping_interval = kPingInterval;
        options.ping_timeout = kPingTimeout;
    }
    options.max_payload_bytes = kMaxPayloadBytes;
    options.namespaces = {"/", "/custom"};
    Server server(options);
    server.on_connect([](Socket& socket) { socket.emit("auth", socket.handshake().auth); });
    server.on("message", [](Socket& socket, const Event& event) {
        socket.emit_binary("message-back", elements(event.arguments), event.attachments);
    });
    server.use([](Socket& socket) {
        if (socket.handshake().auth.find("\"refuse\"") != std::string::npos) {
            throw ConnectRefused("not you", R"({"code":7})");
        }
    });
    server.on("ask-me", [](Socket& socket, const Event& event) {
        socket.emit_with_ack(
            "question",
            elements(event.arguments),
            std::chrono::seconds(5),
            [acknowledge = event.acknowledge](const std::optional<Answer>& answer) {
                acknowledge(answer ? elements(answer->arguments) : std::string_view());
            }
        );
    });
    server.on("drop-me", [](Socket& socket, const Event&) { socket.disconnect(true); });
    server.on("message-with-ack", [](Socket&, const Event& event) {
        event.acknowledge(elements(event.arguments), event.attachments);
    });
    server.start();
    wait_for_signal(signals);
    server.stop();
}

}  // namespace

int main(int argc, char** argv) {
    const std::string mode = argc > 1 ? argv[1] : "";
    const int port = argc > 2 ? std::atoi(argv[2]) : 3000;
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    if (mode == "engine") {
        serve_engine(port, signals);
    } else if (mode == "socket" || mode == "clients") {
        serve_socket(port, mode == "clients", signals);
    } else {
        std::cerr << "usage: realtime_conformance_server engine|socket|clients [PORT]\n";
        return 2;
    }
    return 0;
}
