#include "app/controllers/controller.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cctype>

#include "app/controllers/session_cookie.h"
#include "app/models/uuid.h"
#include "carafe/http/problem.h"

namespace shop {

namespace {

using carafe::http::Problem;

constexpr std::string_view kBearer = "Bearer ";

Problem unauthenticated() {
    return Problem(401, "This needs a valid token.").with("WWW-Authenticate", "Bearer");
}

// Names of schemes know no case (RFC 9110, 11.1).
bool is_bearer(std::string_view credentials) {
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) ==
               std::tolower(static_cast<unsigned char>(b));
    };
    return credentials.size() > kBearer.size() &&
           std::equal(kBearer.begin(), kBearer.end(), credentials.begin(), same);
}

// A browser says which site a request comes from. The cookie is honoured for our own site only.
bool comes_from_our_own_site(const Request& request) {
    if (request.method == "GET" || request.method == "HEAD") {
        return true;
    }
    const auto origin = request.header("origin");
    const auto host = request.header("host");
    const std::size_t authority = origin ? origin->find("://") : std::string_view::npos;
    return host && authority != std::string_view::npos && origin->substr(authority + 3) == *host;
}

// The header counts before the cookie, even when it is wrong.
std::string_view token_of(const Request& request) {
    if (const auto header = request.header("authorization")) {
        if (!is_bearer(*header)) {
            throw unauthenticated();
        }
        return header->substr(kBearer.size());
    }
    const auto cookies = request.header("cookie");
    const auto token = cookies ? token_in_cookies(*cookies) : std::nullopt;
    if (!token) {
        throw unauthenticated();
    }
    if (!comes_from_our_own_site(request)) {
        throw Problem(403, "A session cookie is accepted from this site's own pages only.");
    }
    return *token;
}

}  // namespace

const Identity& Controller::current_user() {
    if (!identity_) {
        identity_ = services_.authenticator.identify(token_of(request_));
    }
    if (!identity_) {
        throw unauthenticated();
    }
    return *identity_;
}

const Identity& Controller::current_customer() {
    if (current_user().is_admin()) {
        throw Problem(403, "Administrators do not place orders.");
    }
    return *identity_;
}

const Identity& Controller::current_admin() {
    if (!current_user().is_admin()) {
        throw Problem(403, "This is for administrators.");
    }
    return *identity_;
}

std::optional<std::string> Controller::visible_owner() {
    return current_user().is_admin() ? std::nullopt : std::optional(identity_->user_id);
}

std::shared_ptr<const Order> Controller::visible_order() {
    const auto owner = visible_owner();
    auto order = services_.orders.find(id_param());
    if (!order || (owner && order->user_id != *owner)) {
        throw not_found();
    }
    return order;
}

std::string Controller::id_param(std::string_view name) const {
    const std::string_view id = request_.param(name);
    if (!is_uuid(id)) {
        throw not_found();
    }
    return canonical_uuid(id);
}

std::string Controller::traceparent() const {
    return std::string(request_.header("traceparent").value_or(""));
}

Response Controller::json(int status, const boost::json::object& body) {
    return Response::json(status, boost::json::serialize(body));
}

Problem not_found() {
    return {404, "There is no such thing here."};
}

}  // namespace shop
