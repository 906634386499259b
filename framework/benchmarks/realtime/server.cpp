// Our Socket.IO server for bin/bench realtime: `carafe_realtime_server PORT`, until it is killed.
#include "carafe/realtime/server.h"

#include <csignal>
#include <cstdlib>
#include <string>

using carafe::realtime::Event;
using carafe::realtime::Server;
using carafe::realtime::Socket;

int main(int argc, char** argv) {
    Server::Options options;
    options.port = argc > 1 ? std::atoi(argv[1]) : 0;
    Server server(options);
    const auto argument = [](const Event& event) {
        return event.arguments.substr(1, event.arguments.size() - 2);
    };
    server.on_connect([](Socket& socket) { socket.join("all"); });
    server.on("broadcast", [&](Socket& /*socket*/, const Event& event) {
        server.emit_to("all", "news", argument(event));
    });
    server.on("each", [&](Socket& /*socket*/, const Event& event) {
        server.for_each([&](Socket& each) { each.emit("news", argument(event)); });
    });
    server.start();
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    int received = 0;
    sigwait(&signals, &received);
    return 0;
}
