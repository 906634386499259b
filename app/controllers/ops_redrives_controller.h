#pragma once

#include "app/controllers/controller.h"

namespace shop {

// For administrators: sending dead letters back. A redrive is carried out in the background.
class OpsRedrivesController : public Controller {
public:
    using Controller::Controller;

    Response create();  // POST /ops/redrives
    Response index();   // GET /ops/redrives
    Response show();    // GET /ops/redrives/:id
    Response cancel();  // POST /ops/redrives/:id/cancel
    Response resume();  // POST /ops/redrives/:id/resume
    Response audit();   // GET /ops/audit

private:
    [[nodiscard]] std::int64_t redrive_id() const;
};

}  // namespace shop
