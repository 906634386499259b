#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/auth/identity.h"
#include "app/auth/tokens.h"
#include "carafe/realtime/socket.h"

namespace shop {

// Who is at the other end of a socket. Lives in Socket::data; server's thread only.
struct Visitor {
    std::optional<Claims> claims;  // none: a guest
    Role role = Role::kUser;       // known once welcomed
    bool is_welcome = false;       // the database has confirmed the token
    std::chrono::steady_clock::time_point came_at = std::chrono::steady_clock::now();
    // What the client asked for before it was welcomed; bounded by kMostHeld.
    std::vector<std::function<void()>> held;

    static constexpr std::size_t kMostHeld = 16;

    [[nodiscard]] bool is_guest() const { return !claims; }
    [[nodiscard]] bool is_admin() const {
        return is_welcome && claims.has_value() && role == Role::kAdmin;
    }
};

// Reads a handshake: `auth: {token}`, else the cookie, else a guest. Throws
// carafe::realtime::ConnectRefused for a token that is not valid, and for a `userId` or `role` in
// the query that is not what the token says.
Visitor admit(const carafe::realtime::Handshake& handshake, const Tokens& tokens);

inline Visitor& visitor_at(carafe::realtime::Socket& socket) {
    return *std::any_cast<std::shared_ptr<Visitor>&>(socket.data);
}

}  // namespace shop
