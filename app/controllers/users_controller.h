#pragma once

#include "app/controllers/controller.h"

namespace shop {

class UsersController : public Controller {
public:
    using Controller::Controller;

    Response create();  // POST /users
};

}  // namespace shop
