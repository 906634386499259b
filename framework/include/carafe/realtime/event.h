#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace carafe::realtime {

// Thrown by a connection handler: the client gets a connect_error with this message (and `data`, a
// serialised JSON value, when not empty) and is not connected.
class ConnectRefused : public std::runtime_error {
public:
    explicit ConnectRefused(const std::string& message, std::string data = {})
        : std::runtime_error(message), data_(std::move(data)) {}
    [[nodiscard]] const std::string& data() const { return data_; }

private:
    std::string data_;
};

// Answers the acknowledgement a client asked for; false when it asked for none. May be copied and
// called later, on the server's thread; only the first call counts, none once the client is gone.
class Acknowledge {
public:
    using Send = std::function<void(std::string_view, const std::vector<std::string>&)>;

    Acknowledge() = default;
    explicit Acknowledge(Send send) : send_(std::move(send)) {}
    explicit operator bool() const { return static_cast<bool>(send_); }
    // As Socket::emit and Socket::emit_binary. Nothing happens when none was asked for.
    void operator()(std::string_view arguments, const std::vector<std::string>& attachments = {})
        const {
        if (send_) {
            send_(arguments, attachments);
        }
    }

private:
    Send send_;
};

// An event a client emitted.
struct Event {
    std::string name;
    std::string arguments;                 // a serialised JSON array, the event's name not included
    std::vector<std::string> attachments;  // what the placeholders in `arguments` stand for
    Acknowledge acknowledge;
};

// Whom an event is for.
struct Audience {
    std::string name_space = "/";
    // The sockets in any of these rooms, each once; empty: everybody. A socket's id is a room of
    // which it is the only member.
    std::vector<std::string> rooms = {};
    std::vector<std::string> except = {};  // but none that is in one of these
    bool is_volatile = false;              // as Socket::emit_volatile
};

}  // namespace carafe::realtime
