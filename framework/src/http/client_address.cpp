#include "http/client_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace carafe::http {
namespace {

bool is_address(const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> parsed{};
    return ::inet_pton(AF_INET, text.c_str(), parsed.data()) == 1 ||
           ::inet_pton(AF_INET6, text.c_str(), parsed.data()) == 1;
}

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

}  // namespace

std::string client_address(
    const std::string& peer, const Request& request, const std::vector<std::string>& trusted_proxies
) {
    const auto is_trusted = [&trusted_proxies](const std::string& address) {
        return std::find(trusted_proxies.begin(), trusted_proxies.end(), address) !=
               trusted_proxies.end();
    };
    const auto [first, last] = request.headers.equal_range("x-forwarded-for");
    if (first == last || !is_trusted(peer)) {
        return peer;
    }
    std::string chain;
    for (auto field = first; field != last; ++field) {
        chain += (chain.empty() ? "" : ",") + field->second;
    }
    std::string address = peer;
    while (is_trusted(address) && !chain.empty()) {
        const auto comma = chain.rfind(',');
        const auto hop =
            trimmed(std::string_view(chain).substr(comma == std::string::npos ? 0 : comma + 1));
        if (!is_address(hop)) {
            break;
        }
        address = hop;
        chain.resize(comma == std::string::npos ? 0 : comma);
    }
    return address;
}

}  // namespace carafe::http
