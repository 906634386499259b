#pragma once

#include "app/controllers/controller.h"

namespace shop {

// For administrators: the records that consumers gave up.
class OpsDeadLettersController : public Controller {
public:
    using Controller::Controller;

    Response index();    // GET /ops/dead_letters
    Response stats();    // GET /ops/dead_letters/stats
    Response show();     // GET /ops/dead_letters/:topic/:partition/:offset
    Response discard();  // POST /ops/dead_letters/discard
};

}  // namespace shop
