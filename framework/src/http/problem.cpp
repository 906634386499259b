#include "carafe/http/problem.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace carafe::http {

Problem::Problem(int status, std::string detail, std::vector<Error> errors)
    : status_(status), detail_(std::move(detail)), errors_(std::move(errors)) {}

Problem&& Problem::with(std::string name, std::string value) && {
    headers_.emplace_back(std::move(name), std::move(value));
    return std::move(*this);
}

Response Problem::response(const std::string& instance) const {
    boost::json::object body{
        {"type", "about:blank"},
        {"title", reason_phrase(status_)},
        {"status", status_},
        {"detail", detail_},
        {"instance", instance},
    };
    if (!errors_.empty()) {
        boost::json::array errors;
        for (const auto& error : errors_) {
            errors.push_back(boost::json::object{
                {"pointer", error.pointer}, {"message", error.message}});
        }
        body["errors"] = std::move(errors);
    }
    auto response =
        Response::text(status_, boost::json::serialize(body), "application/problem+json");
    response.headers.insert(response.headers.end(), headers_.begin(), headers_.end());
    return response;
}

}  // namespace carafe::http
