#pragma once

#include <boost/json/fwd.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/controllers/services.h"
#include "carafe/http/problem.h"
#include "carafe/http/request.h"
#include "carafe/http/response.h"

namespace shop {

using carafe::http::Request;
using carafe::http::Response;

// The base of all controllers. One is made for each request, on the HTTP thread that serves it; an
// action is a method without arguments. Refusals are thrown as carafe::http::Problem.
class Controller {
public:
    Controller(Services& services, const Request& request)
        : services_(services), request_(request) {}

protected:
    // Who is asking. Throws Problem 401 (no valid token), 403 (a foreign Origin with the cookie).
    const Identity& current_user();
    // Throws Problem 403 for administrators: they do not buy.
    const Identity& current_customer();
    // Throws Problem 403 for everybody else.
    const Identity& current_admin();
    // Only their own things for customers, everything for administrators.
    std::optional<std::string> visible_owner();
    // The order whose id is a parameter of the route. Throws Problem 404 when there is none that
    // the user may see.
    std::shared_ptr<const Order> visible_order();

    [[nodiscard]] const Request& request() const { return request_; }
    // A parameter of the route. Throws Problem 404 when it is not even a UUID.
    [[nodiscard]] std::string id_param(std::string_view name = "id") const;
    // The header, or an empty text.
    [[nodiscard]] std::string traceparent() const;

    [[nodiscard]] Services& services() const { return services_; }
    template <typename Work>
    auto with_database(const Work& work) const {  // NOLINT(modernize-use-nodiscard): void for some
        return services_.database.with(work);
    }

    static Response json(int status, const boost::json::object& body);

private:
    Services& services_;
    const Request& request_;
    std::optional<Identity> identity_;
};

carafe::http::Problem not_found();

}  // namespace shop
