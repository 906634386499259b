#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace shop {

enum class Role { kUser, kAdmin };

inline std::string_view to_string(Role role) {
    return role == Role::kAdmin ? "admin" : "user";
}

// Who is asking, as far as a valid token and the database say.
struct Identity {
    std::string user_id;
    Role role = Role::kUser;
    int token_version = 0;
    std::chrono::system_clock::time_point expires_at;

    [[nodiscard]] bool is_admin() const { return role == Role::kAdmin; }
};

}  // namespace shop
