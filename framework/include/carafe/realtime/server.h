#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "carafe/realtime/socket.h"

namespace carafe::realtime {

// Thrown by a connection handler: the client gets a connect_error with this message (and `data`, a
// serialised JSON value, when not empty) and is not connected.
class ConnectRefused : public std::runtime_error {
public:
    explicit ConnectRefused(const std::string& message, std::string data = {})
        : std::runtime_error(message), data_(std::move(data)) {}
    [[nodiscard]] const std::string& data() const { return data_; }

private:
    std::string data_;
};

// Answers the acknowledgement a client asked for; false when it asked for none. May be copied and
// called later, on the server's thread; only the first call counts, none once the client is gone.
class Acknowledge {
public:
    using Send = std::function<void(std::string_view, const std::vector<std::string>&)>;

    Acknowledge() = default;
    explicit Acknowledge(Send send) : send_(std::move(send)) {}
    explicit operator bool() const { return static_cast<bool>(send_); }
    // As Socket::emit and Socket::emit_binary. Nothing happens when none was asked for.
    void operator()(std::string_view arguments, const std::vector<std::string>& attachments = {})
        const {
        if (send_) {
            send_(arguments, attachments);
        }
    }

private:
    Send send_;
};

// An event a client emitted.
struct Event {
    std::string name;
    std::string arguments;                 // a serialised JSON array, the event's name not included
    std::vector<std::string> attachments;  // what the placeholders in `arguments` stand for
    Acknowledge acknowledge;
};

// An Engine.IO v4 / Socket.IO v5 server (polling and WebSocket) on one thread of its own. Every
// queue is bounded: a client that cannot keep up is sent the event `resync` instead of what waits
// for it, and is closed, so that it comes back.
class Server {
public:
    struct Options {
        std::string bind = "127.0.0.1";
        int port = 3009;  // 0: any free port, see port()
        std::string path = "/socket.io/";
        std::chrono::milliseconds ping_interval{25'000};
        std::chrono::milliseconds ping_timeout{20'000};
        std::chrono::milliseconds connect_timeout{45'000};  // Engine.IO open without a CONNECT
        std::size_t max_payload_bytes =
            std::size_t{16} * 1024;             // of one message, its attachments too
        std::size_t max_queued_messages = 256;  // per client
        std::size_t max_queued_bytes = std::size_t{256} * 1024;  // per client
        std::size_t max_connections = 20'000;
        std::vector<std::string> allowed_origins;  // empty: same origin; "*": any, no credentials
        std::vector<std::string> namespaces{"/"};
    };

    // Counted since the start, or right now.
    struct Statistics {
        std::size_t sockets = 0;
        std::size_t connections = 0;  // of TCP: idle, polling and WebSockets
        std::size_t slow_clients_closed = 0;
        std::size_t connections_refused = 0;  // above max_connections
    };

    // Handlers run on the server's thread and must not block. Exceptions: a connection handler may
    // throw ConnectRefused; anything else is logged, and a connection is refused.
    using ConnectHandler = std::function<void(Socket&)>;
    using EventHandler = std::function<void(Socket&, const Event&)>;
    using DisconnectHandler = std::function<void(Socket&)>;

    explicit Server(const Options& options);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Registered before start(), one of each (one per event); a second replaces the first. They
    // hear of the sockets of all namespaces.
    void on_connect(ConnectHandler handler);
    void on(const std::string& event, EventHandler handler);
    void on_disconnect(DisconnectHandler handler);

    // Listens. Throws ConfigurationError naming the port when it is taken. Called once.
    void start();
    // The port in use, 0 before start().
    [[nodiscard]] int port() const;
    // Closes all clients in such a way that they look for another server, waits at most two seconds
    // for what is on its way to them, stops the thread. Idempotent; not from a handler.
    void stop();

    // Runs `task` on the server's thread; dropped after stop(). post() and emit_to() happen in the
    // order they were called; a thread that is 10,000 of them ahead waits. Thread-safe.
    void post(std::function<void()> task);
    // Emits to every socket of a room of the namespace "/"; serialised once. Thread-safe.
    // `arguments` as Socket::emit.
    void emit_to(const std::string& room, std::string_view event, std::string_view arguments);

    // Calls `visit` for each connected socket; server's thread only (inside post or a handler).
    void for_each(const std::function<void(Socket&)>& visit);
    // The connected socket with that id, or null; server's thread only.
    [[nodiscard]] Socket* find(const std::string& id) const;

    // Connected sockets right now. Thread-safe.
    [[nodiscard]] std::size_t size() const;
    // Thread-safe.
    [[nodiscard]] Statistics statistics() const;

    class Implementation;

private:
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace carafe::realtime
