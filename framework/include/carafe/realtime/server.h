#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "carafe/realtime/event.h"
#include "carafe/realtime/socket.h"

namespace carafe::realtime {

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
            std::size_t{16} * 1024;  // of one message, its attachments too
        // Per client, and for a second at a time four times as much: what happens at once after
        // an outage is no reason to give up a client that reads.
        std::size_t max_queued_messages = 256;
        std::size_t max_queued_bytes = std::size_t{256} * 1024;
        // Of all clients together. A broadcast counts once for each queue it waits in. Above half
        // of it, what one client may have shrinks to an eighth; at all of it, whoever has anything
        // waiting is a client that cannot keep up.
        std::size_t max_total_queued_bytes = std::size_t{64} * 1024 * 1024;
        std::size_t max_connections = 20'000;
        std::vector<std::string> allowed_origins;  // empty: same origin; "*": any, no credentials
        std::vector<std::string> namespaces{"/"};
        // Names this node in front of its session ids, as "<instance>.", so that a gateway can keep
        // a polling session on its node. Letters, digits, '-' and '_'; empty: no name.
        std::string instance;
        // stop() asks clients to spread their return over this time.
        std::chrono::milliseconds reconnect_spread{2'000};
    };

    // Counted since the start, or right now.
    struct Statistics {
        std::size_t sockets = 0;
        std::size_t connections = 0;  // of TCP: idle, polling and WebSockets
        std::size_t slow_clients_closed = 0;
        std::size_t connections_refused = 0;  // above max_connections
        std::size_t rooms = 0;                // of all namespaces
        std::size_t queued_bytes = 0;         // of all clients
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

    // Registered before start(). Middleware is asked in the order of use(), before the connection
    // handler; the first that throws ConnectRefused ends it.
    void use(ConnectHandler middleware);
    // One of each (one per event); a second replaces the first. They hear of the sockets of all
    // namespaces.
    void on_connect(ConnectHandler handler);
    void on(const std::string& event, EventHandler handler);
    void on_disconnect(DisconnectHandler handler);

    // Listens. Throws ConfigurationError naming the port when it is taken. Called once.
    void start();
    // The port in use, 0 before start().
    [[nodiscard]] int port() const;
    // Sends all clients the event `server:closing` with {"reconnect_in_ms":N}, N being different
    // for each; closes them within half a second, in such a way that they look for another server;
    // waits at most two seconds for what is on its way to them, stops the thread. Idempotent; not
    // from a handler.
    void stop();

    // Runs `task` on the server's thread; dropped after stop(). post() and emit_to() happen in the
    // order they were called; a thread that is 10,000 of them ahead waits. Thread-safe.
    void post(std::function<void()> task);
    // Emits to every socket of a room of the namespace "/"; serialised once. Thread-safe.
    // `arguments` as Socket::emit.
    void emit_to(const std::string& room, std::string_view event, std::string_view arguments);
    // The same for any audience.
    void emit(const Audience& audience, std::string_view event, std::string_view arguments);

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
