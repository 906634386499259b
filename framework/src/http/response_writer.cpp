#include "http/response_writer.h"

#include <strings.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace carafe::http {
namespace {

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

// The server speaks for these itself; two voices would be smuggling turned around.
bool is_servers_own(std::string_view name) {
    constexpr std::array<std::string_view, 6> kOwn = {
        "content-length", "connection", "transfer-encoding", "date", "x-request-id", "keep-alive"};
    return std::any_of(kOwn.begin(), kOwn.end(), [name](std::string_view own) {
        return equals_ignoring_case(name, own);
    });
}

bool is_safe(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F;
    });
}

bool is_safe_name(std::string_view name) {
    return !name.empty() && is_safe(name) && name.find_first_of(": \t") == std::string_view::npos;
}

void append_number(std::string& output, std::size_t number) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    output.append(digits.data(), end);
}

void append_field(std::string& output, std::string_view name, std::string_view value) {
    output.append(name).append(": ").append(value).append("\r\n");
}

bool may_have_body(int status) {
    return status >= 200 && status != 204 && status != 304;
}

}  // namespace

bool append_response(
    std::string& output, const Response& response, const ResponseContext& context
) {
    const auto start = output.size();
    output.append("HTTP/1.1 ");
    append_number(output, static_cast<std::size_t>(response.status));
    output.append(" ").append(reason_phrase(response.status)).append("\r\n");
    for (const auto& [name, value] : response.headers) {
        if (!is_safe_name(name) || !is_safe(value)) {
            output.resize(start);
            return false;
        }
        if (!is_servers_own(name)) {
            append_field(output, name, value);
        }
    }
    append_field(output, "Date", context.date);
    append_field(output, "X-Request-Id", context.request_id);
    if (may_have_body(response.status)) {
        output.append("Content-Length: ");
        append_number(output, response.body.size());
        output.append("\r\n");
    }
    if (!context.route.empty()) {
        append_field(output, "X-Route", context.route);
    }
    if (!context.keep_alive) {
        append_field(output, "Connection", "close");
    } else if (context.minor_version == 0) {
        append_field(output, "Connection", "keep-alive");
    }
    output.append("\r\n");
    if (may_have_body(response.status) && !context.is_head) {
        output.append(response.body);
    }
    return true;
}

std::string http_date(std::time_t time) {
    // Not strftime: its names follow the locale, HTTP's do not.
    constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array kMonths = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm utc{};
    ::gmtime_r(&time, &utc);
    const auto two = [](int number) {
        return std::string{
            static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
    };
    std::string date = kDays.at(static_cast<std::size_t>(utc.tm_wday));
    date += ", " + two(utc.tm_mday) + " " + kMonths.at(static_cast<std::size_t>(utc.tm_mon)) + " ";
    date += std::to_string(utc.tm_year + 1900) + " " + two(utc.tm_hour) + ":" + two(utc.tm_min);
    return date + ":" + two(utc.tm_sec) + " GMT";
}

}  // namespace carafe::http
