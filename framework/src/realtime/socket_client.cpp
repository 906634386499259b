#include "realtime/socket_client.h"

#include <utility>

namespace carafe::realtime {

SocketClient::SocketClient(Hub& hub, EngineSession& session, HttpRequest request)
    : hub_(hub),
      session_(session),
      handshake_(std::make_shared<Handshake>(Handshake{
          "{}",
          std::move(request.query),
          std::move(request.headers),
          std::move(request.remote_address)})),
      connect_deadline_(hub.timers()) {
    handshake_->query.shrink();
    handshake_->headers.shrink();
    await_connect();
}

void SocketClient::await_connect() {
    connect_deadline_.arm(hub_.limits().connect_timeout, [this] { session_.close(); });
}

bool SocketClient::on_message(bool binary, std::string_view bytes) {
    if (binary) {
        return on_attachment(bytes);
    }
    auto packet = decode_socket_packet(bytes);
    if (incomplete_ || !packet) {
        return false;
    }
    if (packet->attachments != 0) {
        incomplete_ = Incomplete{std::move(*packet), {}, bytes.size()};
        return true;
    }
    return dispatch(std::move(*packet), {});
}

bool SocketClient::on_attachment(std::string_view bytes) {
    if (!incomplete_ || incomplete_->bytes + bytes.size() > hub_.limits().max_message_bytes) {
        return false;
    }
    incomplete_->bytes += bytes.size();
    incomplete_->attachments.emplace_back(bytes);
    if (incomplete_->attachments.size() < incomplete_->packet.attachments) {
        return true;
    }
    Incomplete complete = std::move(*incomplete_);
    incomplete_.reset();
    return dispatch(std::move(complete.packet), std::move(complete.attachments));
}

bool SocketClient::dispatch(SocketPacket packet, std::vector<std::string> attachments) {
    if (packet.type == SocketType::connect) {
        return connect(std::move(packet));
    }
    const auto found = sockets_.find(packet.name_space);
    if (found == sockets_.end()) {
        // It may cross our DISCONNECT or connect_error on the way; before any CONNECT it is an
        // error.
        return ever_asked_;
    }
    const auto socket = found->second;
    switch (packet.type) {
        case SocketType::disconnect:
            drop(packet.name_space);
            socket->leave_namespace();
            return true;
        case SocketType::event:
        case SocketType::binary_event:
            socket->receive_event(std::move(packet), std::move(attachments));
            return true;
        case SocketType::ack:
        case SocketType::binary_ack:
            socket->receive_answer(std::move(packet), std::move(attachments));
            return true;
        case SocketType::connect:
        case SocketType::connect_error:
            return false;
    }
    return false;
}

bool SocketClient::connect(SocketPacket packet) {
    ever_asked_ = true;
    if (sockets_.count(packet.name_space) != 0) {
        return false;
    }
    Namespace* name_space = hub_.find_namespace(packet.name_space);
    if (name_space == nullptr) {
        send(message_frame(encode_connect_error(packet.name_space, "Invalid namespace", {})));
        return true;
    }
    const auto socket = std::make_shared<ClientSocket>(
        hub_, *name_space, *this, make_handshake(std::move(packet.payload))
    );
    sockets_.emplace(packet.name_space, socket);
    if (const auto refusal = hub_.handlers().connect(*socket)) {
        socket->leave_namespace();
        sockets_.erase(packet.name_space);
        send(message_frame(encode_connect_error(packet.name_space, refusal->message, refusal->data))
        );
        return true;
    }
    const auto place = sockets_.find(packet.name_space);
    if (place != sockets_.end() && place->second == socket) {  // the handler may have closed us
        connect_deadline_.cancel();
        socket->confirm();
    }
    return true;
}

std::shared_ptr<const Handshake> SocketClient::make_handshake(std::string auth) {
    // Headers weigh more than the rest of a socket, and most clients have one namespace: share.
    if (handshake_.use_count() > 1) {
        handshake_ = std::make_shared<Handshake>(*handshake_);
    }
    handshake_->auth = std::move(auth);
    return handshake_;
}

std::vector<Frame> SocketClient::to_all(std::string_view event, const std::string& argument) {
    std::vector<Frame> frames;
    for (const auto& [name, socket] : sockets_) {
        frames.push_back(message_frame(encode_event({name, event, argument})));
    }
    return frames;
}

std::vector<Frame> SocketClient::farewell() {
    hub_.count_slow_client();
    return to_all("resync", R"({"reason":"slow_client"})");
}

std::vector<Frame> SocketClient::directions(std::chrono::milliseconds delay) {
    return to_all("server:closing", R"({"reconnect_in_ms":)" + std::to_string(delay.count()) + "}");
}

void SocketClient::on_drained() {
    for (const auto& [name, socket] : sockets_) {
        socket->tell_drained();
    }
}

void SocketClient::drop(const std::string& name_space) {
    sockets_.erase(name_space);
    if (sockets_.empty()) {
        await_connect();
    }
}

void SocketClient::disconnect_all() {
    for (const auto& [name, socket] : sockets_) {
        send(message_frame(encode_disconnect(name)));
    }
    session_.close();
}

void SocketClient::on_close() {
    connect_deadline_.cancel();
    incomplete_.reset();
    for (const auto& [name, socket] : std::exchange(sockets_, {})) {
        socket->leave_namespace();
    }
}

}  // namespace carafe::realtime
