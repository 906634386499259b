#include "realtime/client_socket.h"

#include <stdexcept>
#include <utility>

#include "realtime/random_id.h"

namespace carafe::realtime {
namespace {

constexpr std::size_t kMaxAttachments = 10;  // the stock client's parser takes no more

void require_few(const std::vector<std::string>& attachments) {
    if (attachments.size() > kMaxAttachments) {
        throw std::invalid_argument(
            "a Socket.IO message carries at most 10 attachments, not " +
            std::to_string(attachments.size()) + ": send several messages"
        );
    }
}

}  // namespace

ClientSocket::ClientSocket(
    Hub& hub,
    Namespace& name_space,
    SocketCarrier& carrier,
    std::shared_ptr<const Handshake> handshake
)
    : id_(random_id()),
      hub_(hub),
      name_space_(name_space),
      carrier_(&carrier),
      handshake_(std::move(handshake)) {}

void ClientSocket::deliver(const Frame& frame) {
    if (state_ == State::connected) {
        carrier_->send(frame);
    } else if (state_ == State::connecting) {
        held_.push_back(frame);
    }
}

void ClientSocket::emit(std::string_view event, std::string_view arguments) {
    deliver(message_frame(encode_event({name_space_.name, event, arguments})));
}

void ClientSocket::deliver_volatile(const Frame& frame) {
    if (state_ == State::connected && carrier_->is_idle()) {
        carrier_->send(frame);
    }
}

void ClientSocket::emit_volatile(std::string_view event, std::string_view arguments) {
    deliver_volatile(message_frame(encode_event({name_space_.name, event, arguments})));
}

void ClientSocket::emit_binary(
    std::string_view event, std::string_view arguments, const std::vector<std::string>& attachments
) {
    require_few(attachments);
    deliver(message_frame(
        encode_event({name_space_.name, event, arguments, std::nullopt, attachments.size()})
    ));
    deliver_attachments(attachments);
}

void ClientSocket::deliver_attachments(const std::vector<std::string>& attachments) {
    for (const std::string& attachment : attachments) {
        deliver(binary_frame(attachment));
    }
}

void ClientSocket::emit_with_ack(
    std::string_view event,
    std::string_view arguments,
    std::chrono::milliseconds timeout,
    AnswerHandler handler
) {
    if (state_ == State::gone) {
        UserHandlers::answer(*this, handler, std::nullopt);
        return;
    }
    const std::uint64_t id = ++last_answer_id_;
    PendingAnswer& pending = answers_.try_emplace(id, hub_.timers()).first->second;
    pending.handler = std::move(handler);
    pending.timeout.arm(timeout, [this, id] { settle(id, std::nullopt); });
    deliver(message_frame(encode_event({name_space_.name, event, arguments, id})));
}

void ClientSocket::settle(std::uint64_t id, std::optional<Answer> answer) {
    const auto pending = answers_.find(id);
    if (pending == answers_.end()) {
        return;  // an answer nobody waits for, or too late
    }
    const auto self = shared_from_this();
    const AnswerHandler handler = std::move(pending->second.handler);
    answers_.erase(pending);
    UserHandlers::answer(*this, handler, std::move(answer));
}

void ClientSocket::acknowledge(
    std::uint64_t id, std::string_view arguments, const std::vector<std::string>& attachments
) {
    require_few(attachments);
    deliver(message_frame(encode_ack(name_space_.name, id, arguments, attachments.size())));
    deliver_attachments(attachments);
}

void ClientSocket::when_drained(std::function<void()> handler) {
    if (state_ == State::gone) {
        return;
    }
    drained_ = std::move(handler);
    if (state_ == State::connected && carrier_->is_idle()) {
        tell_drained();
    }
}

void ClientSocket::tell_drained() {
    if (!drained_) {
        return;
    }
    // Later, not now: whoever sends may be in the middle of a broadcast, over rooms that the
    // handler may change.
    hub_.timers().arm(std::chrono::milliseconds(0), [weak = weak_from_this()] {
        const auto socket = weak.lock();
        if (socket && socket->drained_ && socket->state_ == State::connected) {
            UserHandlers::task(std::exchange(socket->drained_, nullptr));
        }
    });
}

void ClientSocket::join(const std::string& room) {
    if (state_ != State::gone) {
        name_space_.rooms.join(*this, room);
    }
}

void ClientSocket::leave(const std::string& room) {
    name_space_.rooms.leave(*this, room);
}

std::vector<std::string> ClientSocket::rooms() const {
    return name_space_.rooms.rooms_of(*this);
}

void ClientSocket::disconnect(bool close) {
    if (state_ == State::connecting) {
        wants_disconnect_ = close || wants_disconnect_.value_or(false);
        return;
    }
    if (state_ == State::gone) {
        return;
    }
    const auto self = shared_from_this();
    SocketCarrier& carrier = *carrier_;
    if (close) {
        carrier.disconnect_all();
        return;
    }
    deliver(message_frame(encode_disconnect(name_space_.name)));
    carrier.drop(name_space_.name);
    leave_namespace();  // last: a disconnect handler may take the carrier away
}

void ClientSocket::confirm() {
    state_ = State::connected;
    hub_.add(shared_from_this());
    carrier_->send(message_frame(encode_connected(name_space_.name, id_)));
    for (Frame& frame : std::exchange(held_, {})) {
        carrier_->send(std::move(frame));
    }
    if (wants_disconnect_) {
        disconnect(*wants_disconnect_);
    } else if (carrier_->is_idle()) {
        tell_drained();
    }
}

void ClientSocket::receive_event(SocketPacket packet, std::vector<std::string> attachments) {
    Event event{std::move(packet.event), std::move(packet.payload), std::move(attachments), {}};
    if (packet.id) {
        event.acknowledge = Acknowledge(
            [weak = weak_from_this(), id = *packet.id, done = std::make_shared<bool>(false)](
                std::string_view arguments, const std::vector<std::string>& bytes
            ) {
                const auto socket = weak.lock();
                if (socket && !std::exchange(*done, true)) {
                    socket->acknowledge(id, arguments, bytes);
                }
            }
        );
    }
    hub_.handlers().event(*this, event);
}

void ClientSocket::receive_answer(SocketPacket packet, std::vector<std::string> attachments) {
    settle(*packet.id, Answer{std::move(packet.payload), std::move(attachments)});
}

void ClientSocket::leave_namespace() {
    const State before = std::exchange(state_, State::gone);
    if (before == State::gone) {
        return;
    }
    const auto self = shared_from_this();
    carrier_ = nullptr;
    held_.clear();
    drained_ = nullptr;
    name_space_.rooms.leave_all(*this);
    while (!answers_.empty()) {
        settle(answers_.begin()->first, std::nullopt);
    }
    if (before == State::connected) {
        hub_.remove(*this);
        hub_.handlers().disconnect(*this);
    }
}

}  // namespace carafe::realtime
