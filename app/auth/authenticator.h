#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "app/auth/identity.h"
#include "app/auth/tokens.h"
#include "app/models/database.h"

namespace shop {

// Turns a token into an identity. A user's token version and role come from the database, and are
// believed for a second, so that a request costs no query and a revocation takes effect at once
// here and within a second in the other processes. A token that was found good is known again as it
// is, until it expires. Thread-safe.
class Authenticator {
public:
    Authenticator(Database database, const Tokens& tokens);

    // Nothing when the token is invalid, expired or revoked. Throws carafe::postgres::Unavailable.
    std::optional<Identity> identify(std::string_view token);
    // The user's tokens were revoked: ask the database again.
    void forget(const std::string& user_id);

private:
    struct Standing {
        Role role = Role::kUser;
        int token_version = 0;
        std::chrono::steady_clock::time_point asked_at;
    };

    // Lets the map be asked with a view of the token.
    struct TokenHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view token) const {
            return std::hash<std::string_view>()(token);
        }
    };

    std::optional<Claims> claims_of(std::string_view token);
    std::optional<Standing> standing_of(const std::string& user_id);

    Database database_;
    const Tokens& tokens_;
    std::mutex mutex_;
    std::unordered_map<std::string, Standing> standings_;
    std::unordered_map<std::string, Claims, TokenHash, std::equal_to<>> good_tokens_;
};

}  // namespace shop
