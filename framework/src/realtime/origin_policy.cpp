#include "realtime/origin_policy.h"

#include <algorithm>
#include <cctype>

namespace carafe::realtime {
namespace {

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char letter) {
        return static_cast<char>(std::tolower(letter));
    });
    return lower;
}

bool is_same_host(std::string_view origin, std::string_view host) {
    const std::size_t scheme = origin.find("://");
    return scheme != std::string_view::npos && !host.empty() &&
           lower_case(origin.substr(scheme + 3)) == lower_case(host);
}

}  // namespace

OriginPolicy::OriginPolicy(const std::vector<std::string>& allowed) {
    for (const std::string& origin : allowed) {
        any_ = any_ || origin == "*";
        allowed_.push_back(lower_case(origin));
    }
}

bool OriginPolicy::allows(const HttpRequest& request) const {
    const std::string_view origin = request.header("origin");
    if (origin.empty() || any_) {
        return true;
    }
    if (allowed_.empty()) {
        return is_same_host(origin, request.header("host"));
    }
    return std::find(allowed_.begin(), allowed_.end(), lower_case(origin)) != allowed_.end();
}

std::vector<std::pair<std::string, std::string>> OriginPolicy::headers(const HttpRequest& request
) const {
    const std::string_view origin = request.header("origin");
    if (origin.empty()) {
        return {};
    }
    if (any_) {
        return {{"Access-Control-Allow-Origin", "*"}};
    }
    return {
        {"Access-Control-Allow-Origin", std::string(origin)},
        {"Access-Control-Allow-Credentials", "true"},
        {"Vary", "Origin"},
    };
}

}  // namespace carafe::realtime
