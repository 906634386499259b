#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "carafe/realtime/socket.h"
#include "realtime/frame.h"
#include "realtime/hub.h"
#include "realtime/socket_packet.h"
#include "realtime/timers.h"

namespace carafe::realtime {

// The transport side of a socket: the client whose session it shares with other namespaces.
class SocketCarrier {
public:
    virtual ~SocketCarrier() = default;
    virtual void send(Frame frame) = 0;
    // Forgets the socket; the session stays open.
    virtual void drop(const std::string& name_space) = 0;
    // Disconnects all namespaces and closes the session.
    virtual void disconnect_all() = 0;
    // Nothing waits, and what is sent now goes out at once.
    [[nodiscard]] virtual bool is_idle() const = 0;
};

// One client in one namespace. Held by its client and, once connected, by the hub.
class ClientSocket final : public Socket, public std::enable_shared_from_this<ClientSocket> {
public:
    ClientSocket(
        Hub& hub,
        Namespace& name_space,
        SocketCarrier& carrier,
        std::shared_ptr<const Handshake> handshake
    );

    [[nodiscard]] const std::string& id() const override { return id_; }
    [[nodiscard]] const std::string& name_space() const override { return name_space_.name; }
    [[nodiscard]] const Handshake& handshake() const override { return *handshake_; }
    void emit(std::string_view event, std::string_view arguments) override;
    void emit_volatile(std::string_view event, std::string_view arguments) override;
    void emit_binary(
        std::string_view event,
        std::string_view arguments,
        const std::vector<std::string>& attachments
    ) override;
    void emit_with_ack(
        std::string_view event,
        std::string_view arguments,
        std::chrono::milliseconds timeout,
        AnswerHandler handler
    ) override;
    void when_drained(std::function<void()> handler) override;
    void join(const std::string& room) override;
    void leave(const std::string& room) override;
    [[nodiscard]] std::vector<std::string> rooms() const override;
    void disconnect(bool close) override;

    [[nodiscard]] bool is_connected() const { return state_ == State::connected; }
    // An encoded message; held back until the client was told that it is connected.
    void deliver(const Frame& frame);
    // Unless anything still waits for the client.
    void deliver_volatile(const Frame& frame);
    [[nodiscard]] bool is_in(const std::string& room) const {
        return room == id_ || name_space_.rooms.has(*this, room);
    }

    // For the client that carries it.
    void tell_drained();
    void confirm();
    void receive_event(SocketPacket packet, std::vector<std::string> attachments);
    void receive_answer(SocketPacket packet, std::vector<std::string> attachments);
    // Leaves everything and tells the application. Nothing is sent any more.
    void leave_namespace();

private:
    enum class State { connecting, connected, gone };
    struct PendingAnswer {
        explicit PendingAnswer(Timers& timers) : timeout(timers) {}
        AnswerHandler handler;
        Timer timeout;
    };

    void deliver_attachments(const std::vector<std::string>& attachments);
    void acknowledge(
        std::uint64_t id, std::string_view arguments, const std::vector<std::string>& attachments
    );
    void settle(std::uint64_t id, std::optional<Answer> answer);

    const std::string id_;
    Hub& hub_;
    Namespace& name_space_;
    SocketCarrier* carrier_;  // null once gone
    std::shared_ptr<const Handshake> handshake_;
    State state_ = State::connecting;
    std::optional<bool> wants_disconnect_;  // asked for while connecting, with its `close`
    std::vector<Frame> held_;
    std::map<std::uint64_t, PendingAnswer> answers_;
    std::uint64_t last_answer_id_ = 0;
    std::function<void()> drained_;
};

}  // namespace carafe::realtime
