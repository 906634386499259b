#pragma once

#include "app/controllers/controller.h"

namespace shop {

// For administrators.
class InventoryController : public Controller {
public:
    using Controller::Controller;

    Response index();   // GET /inventory
    Response show();    // GET /inventory/:product_id
    Response adjust();  // POST /inventory/:product_id/adjustments
};

}  // namespace shop
