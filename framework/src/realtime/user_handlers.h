#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "carafe/realtime/server.h"

namespace carafe::realtime {

// The application's handlers, and the one place that calls them: nothing they throw gets past it.
class UserHandlers {
public:
    struct Refusal {
        std::string message;
        std::string data;
    };

    void use(Server::ConnectHandler middleware) { middleware_.push_back(std::move(middleware)); }
    void on_connect(Server::ConnectHandler handler) { connect_ = std::move(handler); }
    void on(const std::string& event, Server::EventHandler handler) {
        events_[event] = std::move(handler);
    }
    void on_disconnect(Server::DisconnectHandler handler) { disconnect_ = std::move(handler); }

    // Why the socket may not connect, or nothing.
    [[nodiscard]] std::optional<Refusal> connect(Socket& socket) const;
    // Events nobody listens to are ignored.
    void event(Socket& socket, const Event& event) const;
    void disconnect(Socket& socket) const;
    static void answer(
        const Socket& socket, const Socket::AnswerHandler& handler, std::optional<Answer> answer
    );
    static void task(const std::function<void()>& task);

private:
    std::vector<Server::ConnectHandler> middleware_;
    Server::ConnectHandler connect_;
    std::unordered_map<std::string, Server::EventHandler> events_;
    Server::DisconnectHandler disconnect_;
};

}  // namespace carafe::realtime
