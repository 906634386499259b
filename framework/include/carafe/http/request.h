#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace carafe::http {

class Deferred;

// One HTTP request as a handler sees it: already framed, bounded, percent-decoded and checked to be
// UTF-8. Lives for one call of the handler.
struct Request {
    std::string method;                               // upper case; HEAD arrives as GET
    std::string path;                                 // decoded, without the query
    std::map<std::string, std::string> params;        // of the route: /orders/:id -> {"id", ...}
    std::multimap<std::string, std::string> query;    // decoded
    std::multimap<std::string, std::string> headers;  // names in lower case
    std::string body;
    std::string remote_address;  // from X-Forwarded-For only when the peer is a trusted proxy
    std::string id;              // X-Request-Id: the caller's when well-formed, else made here

    [[nodiscard]] std::optional<std::string_view> header(std::string_view lower_case_name) const;
    [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
    [[nodiscard]] std::string_view param(std::string_view name) const;

    // Answers later, from any thread, without holding an HTTP thread; the handler then returns
    // Response::deferred(). The connection is closed after the answer.
    [[nodiscard]] std::shared_ptr<Deferred> defer() const;

    std::function<std::shared_ptr<Deferred>()> make_deferred;  // set by the server
};

}  // namespace carafe::http
