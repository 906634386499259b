#pragma once

#include "app/controllers/controller.h"
#include "app/models/sign_in_failures.h"
#include "app/models/user.h"

namespace shop {

class SessionsController : public Controller {
public:
    using Controller::Controller;

    Response create();   // POST /sessions
    Response destroy();  // DELETE /sessions/current
    Response show();     // GET /me

private:
    // The user with that password; nothing when there is none, which is counted. Takes as long for
    // an account that does not exist. Throws Problem 429.
    [[nodiscard]] std::optional<User> user_with(
        const SignInAttempt& attempt, const std::string& password
    );
};

}  // namespace shop
