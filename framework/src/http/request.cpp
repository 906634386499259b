#include "carafe/http/request.h"

namespace carafe::http {
namespace {

std::optional<std::string_view> first_of(const Request::Fields& fields, std::string_view name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

}  // namespace

std::optional<std::string_view> Request::header(std::string_view lower_case_name) const {
    return first_of(headers, lower_case_name);
}

std::optional<std::string_view> Request::query_value(std::string_view name) const {
    return first_of(query, name);
}

std::string_view Request::param(std::string_view name) const {
    const auto found = params.find(name);
    return found == params.end() ? std::string_view() : found->second;
}

std::shared_ptr<Deferred> Request::defer() const {
    return make_deferred ? make_deferred() : nullptr;
}

}  // namespace carafe::http
