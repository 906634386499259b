#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace carafe::http {

class Deferred;

// One HTTP request as a handler sees it: already framed, bounded and percent-decoded; path, query
// and headers are UTF-8 without NUL (the body is whatever the client sent). Lives for one call of
// the handler.
struct Request {
    using Fields = std::multimap<std::string, std::string, std::less<>>;

    std::string method;                                      // HEAD arrives as GET
    std::string path;                                        // decoded, without the query
    std::vector<std::string> segments;                       // of the path, each decoded by itself
    std::map<std::string, std::string, std::less<>> params;  // /orders/:id -> {"id", ...}
    Fields query;                                            // decoded
    Fields headers;                                          // names in lower case
    std::string body;
    std::string remote_address;  // from X-Forwarded-For only when the peer is a trusted proxy
    std::string id;              // X-Request-Id: the caller's when well-formed, else made here
    std::string_view route;      // pattern of the route that serves it; empty: none

    [[nodiscard]] std::optional<std::string_view> header(std::string_view lower_case_name) const;
    [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
    // Empty when the route has no such parameter.
    [[nodiscard]] std::string_view param(std::string_view name) const;

    // Answers later, from any thread, without holding an HTTP thread; the handler then returns
    // Response::deferred(). Call it at most once, on the handler's thread. nullptr when too many
    // (Server::Options::max_deferred) wait already: answer at once instead.
    [[nodiscard]] std::shared_ptr<Deferred> defer() const;

    std::function<std::shared_ptr<Deferred>()> make_deferred;  // set by the server
};

}  // namespace carafe::http
