#include "realtime/hub.h"

#include <algorithm>
#include <iterator>
#include <unordered_set>

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

std::vector<ClientSocket*> Hub::members(const Audience& audience) {
    std::unordered_set<ClientSocket*> chosen;
    if (audience.rooms.empty()) {
        for (const auto& [id, socket] : sockets_) {
            if (socket->name_space() == audience.name_space) {
                chosen.insert(socket.get());
            }
        }
    }
    Namespace* name_space = find_namespace(audience.name_space);
    for (const std::string& room : audience.rooms) {
        const auto& members = name_space->rooms.members(room);
        chosen.insert(members.begin(), members.end());
        const auto single = sockets_.find(room);
        if (single != sockets_.end() && single->second->name_space() == audience.name_space) {
            chosen.insert(single->second.get());
        }
    }
    std::vector<ClientSocket*> members;
    std::copy_if(
        chosen.begin(),
        chosen.end(),
        std::back_inserter(members),
        [&audience](const ClientSocket* member) {
            return std::none_of(
                audience.except.begin(),
                audience.except.end(),
                [member](const std::string& room) { return member->is_in(room); }
            );
        }
    );
    return members;
}

void Hub::emit(const Audience& audience, const Frame& frame) {
    if (find_namespace(audience.name_space) == nullptr) {
        return;
    }
    for (ClientSocket* member : members(audience)) {
        audience.is_volatile ? member->deliver_volatile(frame) : member->deliver(frame);
    }
}

std::size_t Hub::rooms() const {
    std::size_t count = 0;
    for (const auto& [name, name_space] : namespaces_) {
        count += name_space.rooms.size();
    }
    return count;
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
