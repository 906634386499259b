#include "app/controllers/order_filter.h"

#include "app/controllers/query.h"
#include "app/models/clock.h"
#include "app/models/uuid.h"

namespace shop {

namespace {

using carafe::http::Request;
using Text = std::optional<std::string>;

Text status_in(const Request& request) {
    const Text text = query_text(request, "status");
    if (!text) {
        return std::nullopt;
    }
    const auto status = parse_order_status(*text);
    if (!status) {
        throw bad_query("status", "must be a status of an order");
    }
    return std::string(to_string(*status));
}

Text user_in(const Request& request, const Text& owner) {
    const Text text = query_text(request, "user_id");
    if (text && !is_uuid(*text)) {
        throw bad_query("user_id", "must be a UUID");
    }
    return owner || !text ? owner : Text(canonical_uuid(*text));
}

Text time_in(const Request& request, const std::string& name) {
    const Text text = query_text(request, name);
    if (!text) {
        return std::nullopt;
    }
    Text seconds = epoch_seconds(*text);
    if (!seconds) {
        throw bad_query(name, "must be a date or a time as RFC 3339 writes it");
    }
    return seconds;
}

}  // namespace

Order::Filter order_filter(
    const Request& request, const std::optional<std::string>& owner, const Page& page
) {
    check_query(request, {"status", "user_id", "q", "from", "to", "limit", "cursor"});
    Order::Filter filter;
    filter.user_id = user_in(request, owner);
    filter.status = status_in(request);
    filter.text = query_text(request, "q");
    filter.from = time_in(request, "from");
    filter.to = time_in(request, "to");
    filter.before = page.after();
    filter.limit = page.rows_wanted();
    return filter;
}

}  // namespace shop
