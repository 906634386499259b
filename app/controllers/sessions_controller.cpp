#include "app/controllers/sessions_controller.h"

#include <boost/json.hpp>

#include "app/auth/passwords.h"
#include "app/controllers/params.h"
#include "app/controllers/session_cookie.h"
#include "app/models/clock.h"
#include "app/serializers/serializers.h"

namespace shop {

namespace {

carafe::http::Problem too_many_failures(std::chrono::seconds wait) {
    return carafe::http::Problem(429, "There were too many failed attempts to sign in.")
        .with("Retry-After", std::to_string(wait.count()));
}

}  // namespace

Response SessionsController::create() {
    Params params(request().body);
    const std::string email = params.text("email", {1, 254});
    const std::string password = params.text("password", {1, 1024});
    params.finish();

    const auto user = user_with({email, request().remote_address}, password);
    if (!user) {
        throw carafe::http::Problem(401, "The e-mail address or the password is wrong.");
    }
    const auto now = std::chrono::system_clock::now();
    const auto expires_at = now + Tokens::kLifetime;
    const Claims claims{user->id, user->token_version, user->role, expires_at};
    const std::string token = services().tokens.issue(claims, now);
    return json(
               201,
               {{"token", token},
                {"expires_at", rfc3339(expires_at)},
                {"user", serializers::user(*user)}}
    ).with("Set-Cookie", session_cookie(token));
}

std::optional<User> SessionsController::user_with(
    const SignInAttempt& attempt, const std::string& password
) {
    std::optional<User> user;
    with_database([&](auto& tx) {
        if (const auto wait = sign_in_failures::wait_before(tx, attempt)) {
            throw too_many_failures(*wait);
        }
        user = User::find_by_email(tx, attempt.email);
    });
    if (password_matches(user ? user->password_hash : std::string(), password)) {
        return user;
    }
    with_database([&](auto& tx) {
        if (!sign_in_failures::record(tx, attempt)) {
            const auto wait = sign_in_failures::wait_before(tx, attempt);
            throw too_many_failures(wait.value_or(std::chrono::seconds(1)));
        }
    });
    return std::nullopt;
}

Response SessionsController::destroy() {
    const std::string user_id = current_user().user_id;
    with_database([&](auto& tx) { User::revoke_tokens(tx, user_id); });
    services().authenticator.forget(user_id);
    return Response::no_content().with("Set-Cookie", expired_session_cookie());
}

Response SessionsController::show() {
    const std::string user_id = current_user().user_id;
    const auto user = with_database([&](auto& tx) { return User::find(tx, user_id); });
    if (!user) {
        throw not_found();
    }
    return json(200, serializers::user(*user));
}

}  // namespace shop
