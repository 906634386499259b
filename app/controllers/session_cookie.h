#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shop {

// The cookie that carries a browser's token; scripts cannot read it, other sites cannot send it.
std::string session_cookie(const std::string& token);
std::string expired_session_cookie();
// The token in the value of a Cookie header.
std::optional<std::string_view> token_in_cookies(std::string_view cookies);

}  // namespace shop
