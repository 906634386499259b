#include "app/controllers/order_filter.h"

#include <regex>

#include "app/models/uuid.h"
#include "carafe/http/problem.h"

namespace shop {

namespace {

using carafe::http::Problem;
using carafe::http::Request;
using Text = std::optional<std::string>;

Text status_in(const Request& request) {
    const Text text = query_text(request, "status");
    if (!text) {
        return std::nullopt;
    }
    const auto status = parse_order_status(*text);
    if (!status) {
        throw Problem(400, "The query parameter status is not a status of an order.");
    }
    return std::string(to_string(*status));
}

Text user_in(const Request& request, const Text& owner) {
    const Text text = query_text(request, "user_id");
    if (text && !is_uuid(*text)) {
        throw Problem(400, "The query parameter user_id must be a UUID.");
    }
    return owner || !text ? owner : Text(canonical_uuid(*text));
}

// A day of the month that does not exist would be an error of SQL, so days end at 28 to 31 here.
bool is_time(const std::string& text) {
    static const std::regex pattern(
        R"((\d{4})-(\d\d)-(\d\d)([Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?)"
        R"(([Zz]|[+-](0\d|1[0-4]):[0-5]\d))?)"
    );
    std::smatch match;
    if (!std::regex_match(text, match, pattern)) {
        return false;
    }
    const int year = std::stoi(match[1]);
    const int month = std::stoi(match[2]);
    const int day = std::stoi(match[3]);
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const int longest = month == 2 ? (leap ? 29 : 28) : 30 + (month + (month > 7 ? 1 : 0)) % 2;
    return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= longest;
}

Text time_in(const Request& request, const std::string& name) {
    Text text = query_text(request, name);
    if (text && !is_time(*text)) {
        throw Problem(400, "The query parameter " + name + " must be a time as RFC 3339 says.");
    }
    return text;
}

}  // namespace

Order::Filter order_filter(
    const Request& request, const std::optional<std::string>& owner, const Page& page
) {
    Order::Filter filter;
    filter.user_id = user_in(request, owner);
    filter.status = status_in(request);
    filter.number = query_text(request, "q");
    filter.from = time_in(request, "from");
    filter.to = time_in(request, "to");
    filter.before = page.after();
    filter.limit = page.rows_wanted();
    return filter;
}

}  // namespace shop
