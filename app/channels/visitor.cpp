#include "app/channels/visitor.h"

#include <boost/json.hpp>

#include "app/controllers/session_cookie.h"
#include "carafe/realtime/server.h"

namespace shop {

namespace {

namespace json = boost::json;
using carafe::realtime::ConnectRefused;
using carafe::realtime::Handshake;

[[noreturn]] void refuse(const char* message, const char* code) {
    throw ConnectRefused(message, json::serialize(json::object{{"code", code}}));
}

std::optional<std::string> token_of(const Handshake& handshake) {
    boost::system::error_code error;
    const json::value auth = json::parse(handshake.auth, error);
    const json::value* token =
        error || !auth.is_object() ? nullptr : auth.get_object().if_contains("token");
    if (token != nullptr && !token->is_null()) {
        // Anything else than a text is a bad token, not a guest.
        return token->is_string() ? std::string(token->get_string()) : std::string();
    }
    const auto cookie = handshake.headers.find("cookie");
    const auto found = cookie ? token_in_cookies(*cookie) : std::nullopt;
    return found ? std::optional<std::string>(*found) : std::nullopt;
}

void check_claimed(const Handshake& handshake, const std::string& name, std::string_view truth) {
    for (const std::string_view claimed : handshake.query.find_all(name)) {
        if (claimed != truth) {
            refuse("The query claims another identity than the token.", "identity_mismatch");
        }
    }
}

}  // namespace

Visitor admit(const Handshake& handshake, const Tokens& tokens) {
    Visitor visitor;
    if (const auto token = token_of(handshake)) {
        visitor.claims = tokens.verify(*token, std::chrono::system_clock::now());
        if (!visitor.claims) {
            refuse("The token is not valid.", "invalid_token");
        }
        visitor.role = visitor.claims->role;
    }
    check_claimed(handshake, "userId", visitor.is_guest() ? "" : visitor.claims->user_id);
    check_claimed(handshake, "role", visitor.is_guest() ? "guest" : to_string(visitor.role));
    return visitor;
}

}  // namespace shop
