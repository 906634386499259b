#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "realtime/client_socket.h"
#include "realtime/engine_session.h"
#include "realtime/http_message.h"

namespace carafe::realtime {

// The Socket.IO side of one Engine.IO session: puts binary packets together, connects namespaces,
// hands events to their sockets.
class SocketClient final : public SessionListener, public SocketCarrier {
public:
    SocketClient(Hub& hub, EngineSession& session, HttpRequest request);

    bool on_message(bool binary, std::string_view bytes) override;
    std::vector<Frame> farewell() override;
    std::vector<Frame> directions(std::chrono::milliseconds delay) override;
    void on_close() override;
    void on_drained() override;

    void send(Frame frame) override { session_.send(std::move(frame)); }
    void drop(const std::string& name_space) override;
    void disconnect_all() override;
    [[nodiscard]] bool is_idle() const override { return session_.is_idle(); }

private:
    // A packet whose attachments have not all arrived.
    struct Incomplete {
        SocketPacket packet;
        std::vector<std::string> attachments;
        std::size_t bytes = 0;
    };

    [[nodiscard]] std::vector<Frame> to_all(std::string_view event, const std::string& argument);
    bool on_attachment(std::string_view bytes);
    bool dispatch(SocketPacket packet, std::vector<std::string> attachments);
    bool connect(SocketPacket packet);
    std::shared_ptr<const Handshake> make_handshake(std::string auth);
    void await_connect();

    Hub& hub_;
    EngineSession& session_;
    std::shared_ptr<Handshake> handshake_;
    std::map<std::string, std::shared_ptr<ClientSocket>> sockets_;  // by namespace
    std::optional<Incomplete> incomplete_;
    Timer connect_deadline_;
    bool ever_asked_ = false;  // to connect
};

}  // namespace carafe::realtime
