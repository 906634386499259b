#pragma once

#include <any>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "carafe/realtime/fields.h"

namespace carafe::realtime {

// What a client sent when it connected to a namespace.
struct Handshake {
    std::string auth;  // the CONNECT packet's payload, a JSON object; "{}" if none
    Fields query;
    Fields headers;  // of the first HTTP request, names in lower case
    std::string remote_address;
};

// What a client answered to Socket::emit_with_ack.
struct Answer {
    std::string arguments;  // a serialised JSON array
    std::vector<std::string> attachments;
};

// One client connected to a namespace. All methods run on the server's thread and must be called
// from there: in a connection or event handler, or inside Server::post. A Socket lives until its
// disconnect handler returned; what outlives that keeps the id and asks Server::find.
class Socket {
public:
    virtual ~Socket() = default;

    [[nodiscard]] virtual const std::string& id() const = 0;
    [[nodiscard]] virtual const std::string& name_space() const = 0;
    [[nodiscard]] virtual const Handshake& handshake() const = 0;

    // `arguments` is a serialised JSON array without its brackets: `{"a":1},2`. May be empty.
    // Messages of one socket arrive in the order of these calls.
    virtual void emit(std::string_view event, std::string_view arguments) = 0;
    // For news that the next news replaces: dropped when anything else still waits to be sent to
    // this client, or when it cannot be sent at once.
    virtual void emit_volatile(std::string_view event, std::string_view arguments) = 0;
    // Binary attachments are named in `arguments` as {"_placeholder":true,"num":0}, 1, ...; at most
    // ten, as clients accept no more.
    virtual void emit_binary(
        std::string_view event,
        std::string_view arguments,
        const std::vector<std::string>& attachments
    ) = 0;
    // `handler` hears once: the client's answer, or nothing when `timeout` passed or the client
    // went away.
    using AnswerHandler = std::function<void(std::optional<Answer>)>;
    virtual void emit_with_ack(
        std::string_view event,
        std::string_view arguments,
        std::chrono::milliseconds timeout,
        AnswerHandler handler
    ) = 0;

    // Calls `handler` once, soon, when nothing waits to be sent to this client: how a long story is
    // told in pieces that fit the client's queue. A second handler replaces the first; none is
    // called once the client is gone.
    virtual void when_drained(std::function<void()> handler) = 0;

    virtual void join(const std::string& room) = 0;
    virtual void leave(const std::string& room) = 0;
    [[nodiscard]] virtual std::vector<std::string> rooms() const = 0;

    // Sends a DISCONNECT packet, after which the stock client does not come back by itself; with
    // `close` the transport goes too, with every namespace on it.
    virtual void disconnect(bool close) = 0;

    // Whatever the application wants to remember of this socket (the identity, say).
    std::any data;
};

}  // namespace carafe::realtime
