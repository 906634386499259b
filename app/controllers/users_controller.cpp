#include "app/controllers/users_controller.h"

#include <boost/json.hpp>

#include "app/auth/passwords.h"
#include "app/controllers/params.h"
#include "app/controllers/text_checks.h"
#include "app/models/user.h"
#include "app/serializers/serializers.h"

namespace shop {

Response UsersController::create() {
    Params params(request().body);
    const std::string email = params.text("email", {3, 254});
    const std::string password = params.text("password", {10, 1024});
    const std::string name = params.text("name", {1, 200, true});
    if (email.size() >= 3 && count_characters(email) <= 254 && !is_email(email)) {
        params.refuse("email", "must be an e-mail address");
    }
    params.finish();

    const User::Draft draft{email, name, password_hash(password)};
    const auto user = with_database([&](auto& tx) { return User::create(tx, draft); });
    if (!user) {
        throw carafe::http::Problem(
            409, "There is an account with this e-mail address.", {{"/email", "is taken"}}
        );
    }
    return json(201, serializers::user(*user));
}

}  // namespace shop
