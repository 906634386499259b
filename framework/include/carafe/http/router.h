#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "carafe/http/request.h"
#include "carafe/http/response.h"

namespace carafe::http {

// Runs on an HTTP worker thread, concurrently with others. May throw Problem; any other exception
// becomes a 500 (a TransientError a 503 with Retry-After) whose text stays in the log.
using Handler = std::function<Response(const Request&)>;

// Calls a handler as the router does: whatever it throws becomes a response. For those who call one
// somewhere else, on a thread of their own. Never throws.
[[nodiscard]] Response answer(const Handler& handler, const Request& request);

// Which handler serves which method and path. Filled at start-up, read-only afterwards. Patterns
// are literal segments and `:name` parameters; a literal beats a parameter. HEAD is served by the
// GET route, OPTIONS and 405 (with Allow) by the router, an unknown path by 404.
class Router {
public:
    Router();
    ~Router();
    Router(const Router&) = delete;
    Router& operator=(const Router&) = delete;
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    // Throw ConfigurationError when the pattern does not start with '/' or the route exists.
    void get(const std::string& pattern, Handler handler);
    void post(const std::string& pattern, Handler handler);
    void put(const std::string& pattern, Handler handler);
    void patch(const std::string& pattern, Handler handler);
    void del(const std::string& pattern, Handler handler);

    // Serves every route under these prefixes too (`/api`, `/api/v1`); they do not nest.
    void also_under(const std::vector<std::string>& prefixes);

    // Never throws. Sets request.route and request.params.
    [[nodiscard]] Response serve(Request& request) const;

    struct Entry {
        std::string method;
        std::string pattern;
    };
    // Every route, once, without the prefixes; in no particular order.
    [[nodiscard]] std::vector<Entry> routes() const;

    struct Node;

private:
    void add(const std::string& method, const std::string& pattern, Handler handler);
    [[nodiscard]] Response dispatch(Request& request) const;

    std::unique_ptr<Node> root_;
    std::vector<std::vector<std::string>> prefixes_;  // the longest first
};

}  // namespace carafe::http
