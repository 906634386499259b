#pragma once

#include <any>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace carafe::realtime {

// What a client sent when it connected to a namespace.
struct Handshake {
    std::string auth;  // the CONNECT packet's payload, JSON; "{}" if none
    std::multimap<std::string, std::string> query;
    std::multimap<std::string, std::string> headers;  // of the first HTTP request, lower case
    std::string remote_address;
};

// One client connected to a namespace. All methods run on the server's thread and must be called
// from there: in a connection or event handler, or inside Server::post.
class Socket {
public:
    virtual ~Socket() = default;

    [[nodiscard]] virtual const std::string& id() const = 0;
    [[nodiscard]] virtual const Handshake& handshake() const = 0;

    // `arguments` is a serialised JSON array without its brackets: `{"a":1},2`. May be empty.
    virtual void emit(std::string_view event, std::string_view arguments) = 0;
    virtual void join(const std::string& room) = 0;
    virtual void leave(const std::string& room) = 0;
    // Sends a DISCONNECT packet; with `close` the transport goes too.
    virtual void disconnect(bool close) = 0;

    // Whatever the application wants to remember of this socket (the identity, say).
    std::any data;
};

}  // namespace carafe::realtime
