#include "app/controllers/session_cookie.h"

#include "app/auth/tokens.h"

namespace shop {

namespace {

constexpr std::string_view kName = "shop_session=";

std::string cookie(const std::string& token, long max_age_seconds) {
    return std::string(kName) + token + "; Path=/; Max-Age=" + std::to_string(max_age_seconds) +
           "; HttpOnly; SameSite=Strict";
}

}  // namespace

std::string session_cookie(const std::string& token) {
    return cookie(token, std::chrono::seconds(Tokens::kLifetime).count());
}

std::string expired_session_cookie() {
    return cookie("", 0);
}

std::optional<std::string_view> token_in_cookies(std::string_view cookies) {
    while (!cookies.empty()) {
        const std::size_t end = cookies.find(';');
        std::string_view each = cookies.substr(0, end);
        each.remove_prefix(std::min(each.find_first_not_of(' '), each.size()));
        if (each.substr(0, kName.size()) == kName) {
            return each.substr(kName.size());
        }
        cookies = end == std::string_view::npos ? std::string_view() : cookies.substr(end + 1);
    }
    return std::nullopt;
}

}  // namespace shop
