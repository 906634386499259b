#include "app/controllers/page.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "app/controllers/query.h"
#include "app/models/uuid.h"

namespace shop {

namespace {

namespace json = boost::json;
using carafe::http::Request;
using carafe::http::Response;

constexpr int kMaxLimit = 100;

int read_limit(std::string_view text) {
    int limit = 0;
    const char* end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data(), end, limit);
    if (error != std::errc() || read != end || limit < 1 || limit > kMaxLimit) {
        throw bad_query("limit", "must be an integer from 1 to 100");
    }
    return limit;
}

// The 32 hexadecimal digits of the last id, without its dashes: opaque enough, and safe in a URL.
std::string cursor_behind(const std::string& id) {
    std::string cursor = id;
    cursor.erase(std::remove(cursor.begin(), cursor.end(), '-'), cursor.end());
    return cursor;
}

std::string id_behind(std::string_view cursor) {
    std::string id(cursor);
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) {
        if (dash < id.size()) {
            id.insert(dash, "-");
        }
    }
    if (!is_uuid(id)) {
        throw bad_query("cursor", "is not one that was given out");
    }
    return canonical_uuid(id);
}

// Two hexadecimal digits for each byte.
std::string cursor_of_text(const std::string& text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string cursor;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        cursor += kDigits[byte >> 4U];
        cursor += kDigits[byte & 0x0FU];
    }
    return cursor;
}

std::string text_behind(std::string_view cursor) {
    constexpr std::size_t kLongest = 1024;
    std::string text;
    for (std::size_t at = 0; at < cursor.size(); at += 2) {
        unsigned byte = 0;
        const char* const first = cursor.data() + at;
        const auto [end, error] =
            std::from_chars(first, first + std::min<std::size_t>(2, cursor.size() - at), byte, 16);
        if (error != std::errc() || end != first + 2 || byte < 0x20) {
            throw impossible_query("cursor", "is not one that was given out");
        }
        text += static_cast<char>(byte);
    }
    if (text.empty() || cursor.size() > kLongest) {
        throw impossible_query("cursor", "is not one that was given out");
    }
    return text;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    constexpr std::string_view kPlain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string encoded;
    for (const char c : text) {
        if (kPlain.find(c) != std::string_view::npos) {
            encoded += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            encoded += '%';
            encoded += kDigits[byte >> 4U];
            encoded += kDigits[byte & 0x0FU];
        }
    }
    return encoded;
}

}  // namespace

Page::Page(const Request& request, Ids ids) : request_(request), ids_(ids) {
    if (const auto limit = request.query_value("limit")) {
        limit_ = read_limit(*limit);
    }
    if (const auto cursor = request.query_value("cursor")) {
        after_ = ids == Ids::kUuid ? id_behind(*cursor) : text_behind(*cursor);
    }
}

Response Page::response(json::array rows, std::string_view id) const {
    const auto limit = static_cast<std::size_t>(limit_);
    json::value next_cursor = nullptr;
    if (rows.size() > limit) {
        rows.resize(limit);
        const auto last = json::value_to<std::string>(rows.back().at(id));
        next_cursor = ids_ == Ids::kUuid ? cursor_behind(last) : cursor_of_text(last);
    }
    const json::object body{{"data", std::move(rows)}, {"next_cursor", next_cursor}};
    Response response = Response::json(200, json::serialize(body));
    if (next_cursor.is_string()) {
        const std::string link = next_link(json::value_to<std::string>(next_cursor));
        response.headers.emplace_back("Link", link);
    }
    return response;
}

std::string Page::next_link(const std::string& cursor) const {
    std::string link = "<" + request_.path + "?cursor=" + cursor;
    for (const auto& [name, value] : request_.query) {
        if (name != "cursor") {
            link += "&" + percent_encoded(name) + "=" + percent_encoded(value);
        }
    }
    return link + ">; rel=\"next\"";
}

}  // namespace shop
