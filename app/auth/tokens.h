#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "app/auth/identity.h"

namespace shop {

// What a token says. Its role is the one the user had when it was given out; what counts is the
// role in the database.
struct Claims {
    std::string user_id;
    int token_version = 0;
    Role role = Role::kUser;
    std::chrono::system_clock::time_point expires_at;
};

// Gives out and checks the tokens of the API: JWT, HS256 and nothing else. Thread-safe.
class Tokens {
public:
    using Time = std::chrono::system_clock::time_point;
    static constexpr std::chrono::hours kLifetime{12};

    // Throws carafe::ConfigurationError for a secret under 32 bytes.
    explicit Tokens(std::string secret);

    [[nodiscard]] std::string issue(const Claims& claims, Time now) const;
    // Nothing for a token that is not ours, was tampered with, or has expired.
    [[nodiscard]] std::optional<Claims> verify(std::string_view token, Time now) const;

private:
    std::string secret_;
    std::string header_;  // the first segment of every token we make, and of every one we take
};

// SECRET_KEY_BASE. Throws carafe::ConfigurationError when it is missing.
std::string secret_key_base();

}  // namespace shop
