#pragma once

#include "app/controllers/controller.h"

namespace shop {

class ProductsController : public Controller {
public:
    using Controller::Controller;

    Response index();    // GET /products
    Response show();     // GET /products/:id
    Response create();   // POST /products
    Response update();   // PATCH /products/:id
    Response archive();  // DELETE /products/:id
};

}  // namespace shop
