#pragma once

#include "app/controllers/controller.h"
#include "app/controllers/order_form.h"

namespace shop {

class OrdersController : public Controller {
public:
    using Controller::Controller;

    Response create();  // POST /orders
    Response index();   // GET /orders
    Response show();    // GET /orders/:id
    Response events();  // GET /orders/:id/events

private:
    Placement place(const OrderForm& form);
};

}  // namespace shop
