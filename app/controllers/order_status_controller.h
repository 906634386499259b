#pragma once

#include <chrono>

#include "app/controllers/controller.h"
#include "app/models/order.h"

namespace shop {

// The three ways to ask for another status of an order. All of them send a command; they differ in
// whether they wait for its outcome.
class OrderStatusController : public Controller {
public:
    using Controller::Controller;

    Response request_change();  // PUT /orders/:id/update_status: 202 at once
    Response change();          // PATCH /orders/:id/status: waits as `Prefer: wait=N` says
    Response cancel();          // POST /orders/:id/cancel: the same with cancelled

private:
    Response ask_for(OrderStatus next, std::chrono::seconds wait);
    Response wait_for(const OrderCommand& command, const Order& order, std::chrono::seconds wait);
    [[nodiscard]] OrderStatus wanted_status() const;
    [[nodiscard]] std::chrono::seconds preferred_wait() const;
};

}  // namespace shop
