#pragma once

#include "app/controllers/controller.h"

namespace shop {

class ProductsController : public Controller {
public:
    using Controller::Controller;

    Response index();  // GET /products
    Response show();   // GET /products/:id
};

}  // namespace shop
