#include "app/controllers/order_status_controller.h"

#include <algorithm>
#include <charconv>

#include "app/controllers/params.h"
#include "app/controllers/status_responses.h"

namespace shop {

using carafe::http::Problem;
using std::chrono::seconds;

namespace {

constexpr seconds kDefaultWait{1};
constexpr seconds kLongestWait{25};  // below the server's deferred_timeout

}  // namespace

Response OrderStatusController::request_change() {
    current_user();
    return ask_for(wanted_status(), seconds(0));
}

Response OrderStatusController::change() {
    current_user();
    return ask_for(wanted_status(), preferred_wait());
}

Response OrderStatusController::cancel() {
    current_user();
    if (!request().body.empty()) {
        Params(request().body).finish();  // knows no field
    }
    return ask_for(OrderStatus::kCancelled, preferred_wait());
}

Response OrderStatusController::ask_for(OrderStatus next, seconds wait) {
    const Identity& user = current_user();
    const auto order = visible_order();
    if (!user.is_admin() && next != OrderStatus::kCancelled) {
        throw Problem(403, "Customers may only cancel their orders.");
    }
    if (order->status == next) {
        return order_response(*order, user.role);
    }
    if (!order->can_become(next)) {
        throw change_not_allowed();
    }
    const OrderCommand command = with_database([&](auto& tx) {
        return order->request_change(tx, next, user.user_id, traceparent());
    });
    services().relay.notify();
    return wait_for(command, *order, wait);
}

Response OrderStatusController::wait_for(
    const OrderCommand& command, const Order& order, seconds wait
) {
    const Role viewer = current_user().role;
    if (wait > seconds(0)) {
        const auto deadline = std::chrono::steady_clock::now() + wait;
        WaitingRequest waiting{*command.id, order, viewer, deadline, request().path, nullptr};
        if (services().waiters.add(std::move(waiting), request())) {
            return Response::deferred();
        }
    }
    return command_accepted(*command.id, order, viewer);
}

OrderStatus OrderStatusController::wanted_status() const {
    Params params(request().body);
    const std::string text = params.text_or_integer("status");
    const auto status = parse_order_status(text);
    if (!status && !text.empty()) {
        params.refuse("status", "must be the name of a status or a code from 1 to 7");
    }
    params.finish();
    return status.value();
}

seconds OrderStatusController::preferred_wait() const {
    constexpr std::string_view kWait = "wait=";
    const std::string_view prefer = request().header("prefer").value_or("");
    const std::size_t at = prefer.find(kWait);
    if (at == std::string_view::npos) {
        return kDefaultWait;
    }
    const std::string_view digits = prefer.substr(at + kWait.size());
    int wait = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), wait);
    return error == std::errc() ? std::clamp(seconds(wait), seconds(0), kLongestWait)
                                : kDefaultWait;
}

}  // namespace shop
