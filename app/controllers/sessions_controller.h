#pragma once

#include "app/controllers/controller.h"

namespace shop {

class SessionsController : public Controller {
public:
    using Controller::Controller;

    Response create();   // POST /sessions
    Response destroy();  // DELETE /sessions/current
    Response show();     // GET /me
};

}  // namespace shop
