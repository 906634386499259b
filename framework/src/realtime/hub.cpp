#include "realtime/hub.h"

#include "realtime/client_socket.h"

namespace carafe::realtime {

Hub::Hub(const std::vector<std::string>& namespaces, Timers& timers, ClientLimits limits)
    : timers_(timers), limits_(limits) {
    for (const std::string& name : namespaces) {
        namespaces_.try_emplace(name).first->second.name = name;
    }
}

Namespace* Hub::find_namespace(const std::string& name) {
    const auto found = namespaces_.find(name);
    return found == namespaces_.end() ? nullptr : &found->second;
}

void Hub::add(std::shared_ptr<ClientSocket> socket) {
    const std::string& id = socket->id();
    sockets_.emplace(id, std::move(socket));
    size_.store(sockets_.size(), std::memory_order_relaxed);
}

void Hub::remove(const ClientSocket& socket) {
    sockets_.erase(socket.id());
    size_.store(sockets_.size(), std::memory_order_relaxed);
}

void Hub::for_each(const std::function<void(Socket&)>& visit) {
    // A copy: the visitor may disconnect whom it likes.
    std::vector<std::shared_ptr<ClientSocket>> sockets;
    sockets.reserve(sockets_.size());
    for (const auto& [id, socket] : sockets_) {
        sockets.push_back(socket);
    }
    for (const auto& socket : sockets) {
        if (socket->is_connected()) {
            visit(*socket);
        }
    }
}

Socket* Hub::find(const std::string& id) const {
    const auto found = sockets_.find(id);
    return found == sockets_.end() ? nullptr : found->second.get();
}

void Hub::emit_to(const std::string& room, const Frame& frame) {
    const auto root = namespaces_.find("/");
    if (root == namespaces_.end()) {
        return;
    }
    // Nobody joins or leaves meanwhile: a session never closes from inside a send.
    for (ClientSocket* member : root->second.rooms.members(room)) {
        member->deliver(frame);
    }
}

}  // namespace carafe::realtime
