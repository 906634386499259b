#include "realtime/user_handlers.h"

#include <exception>
#include <utility>

#include "carafe/log.h"

namespace carafe::realtime {
namespace {

// Runs `call`; what it throws is logged with where it came from. False when it threw.
template <typename Call>
bool guarded(std::string_view what, std::string_view socket_id, Call call) {
    std::string reason;
    try {
        call();
        return true;
    } catch (const ConnectRefused&) {
        throw;
    } catch (const std::exception& error) {
        reason = error.what();
    } catch (...) {
        reason = "not a std::exception";
    }
    log::error(
        "a realtime handler failed",
        {{"handler", std::string(what)}, {"socket", std::string(socket_id)}, {"error", reason}}
    );
    return false;
}

template <typename Call>
void contained(std::string_view what, std::string_view socket_id, Call call) {
    try {
        guarded(what, socket_id, std::move(call));
    } catch (const ConnectRefused& refused) {
        log::error(
            "ConnectRefused is for connection handlers only",
            {{"handler", std::string(what)},
             {"socket", std::string(socket_id)},
             {"error", refused.what()}}
        );
    }
}

}  // namespace

std::optional<UserHandlers::Refusal> UserHandlers::connect(Socket& socket) const {
    const auto ask_all = [&] {
        for (const Server::ConnectHandler& middleware : middleware_) {
            middleware(socket);
        }
        if (connect_) {
            connect_(socket);
        }
    };
    try {
        if (guarded("connect", socket.id(), ask_all)) {
            return std::nullopt;
        }
        return Refusal{"Internal error", {}};
    } catch (const ConnectRefused& refused) {
        return Refusal{refused.what(), refused.data()};
    }
}

void UserHandlers::event(Socket& socket, const Event& event) const {
    const auto handler = events_.find(event.name);
    if (handler != events_.end()) {
        contained(event.name, socket.id(), [&] { handler->second(socket, event); });
    }
}

void UserHandlers::disconnect(Socket& socket) const {
    if (disconnect_) {
        contained("disconnect", socket.id(), [&] { disconnect_(socket); });
    }
}

void UserHandlers::answer(
    const Socket& socket, const Socket::AnswerHandler& handler, std::optional<Answer> answer
) {
    contained("answer", socket.id(), [&] { handler(std::move(answer)); });
}

void UserHandlers::task(const std::function<void()>& task) {
    contained("post", "-", task);
}

}  // namespace carafe::realtime
