#include "carafe/http/router.h"

#include <algorithm>
#include <map>

#include "carafe/errors.h"
#include "carafe/http/problem.h"
#include "carafe/log.h"

namespace carafe::http {
namespace {

struct Route {
    std::string pattern;
    std::vector<std::string> names;  // of the parameters, in the order of the path
    Handler handler;
};

using Segments = std::vector<std::string>;

std::vector<std::string> split(const std::string& path) {
    std::vector<std::string> segments;
    std::size_t start = 1;  // after the leading slash
    while (start <= path.size()) {
        const auto end = std::min(path.find('/', start), path.size());
        segments.push_back(path.substr(start, end - start));
        start = end + 1;
    }
    return segments;
}

}  // namespace

// One segment of all patterns: a tree, so that a request costs one look-up per segment.
struct Router::Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::unique_ptr<Node> parameter;
    std::map<std::string, Route, std::less<>> routes;  // by method; filled where a pattern ends

    [[nodiscard]] const Node* find(
        const Segments& segments, std::size_t at, std::vector<std::size_t>& parameters
    ) const {
        if (at == segments.size()) {
            return routes.empty() ? nullptr : this;
        }
        if (const auto literal = literals.find(segments[at]); literal != literals.end()) {
            if (const Node* found = literal->second->find(segments, at + 1, parameters)) {
                return found;
            }
        }
        if (!parameter || segments[at].empty()) {
            return nullptr;
        }
        parameters.push_back(at);
        if (const Node* found = parameter->find(segments, at + 1, parameters)) {
            return found;
        }
        parameters.pop_back();
        return nullptr;
    }

    [[nodiscard]] std::string allow() const {
        std::string allowed;
        for (const auto& [method, route] : routes) {
            allowed += method + ", ";
            if (method == "GET") {
                allowed += "HEAD, ";
            }
        }
        return allowed + "OPTIONS";
    }
};

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::get(const std::string& pattern, Handler handler) {
    add("GET", pattern, std::move(handler));
}
void Router::post(const std::string& pattern, Handler handler) {
    add("POST", pattern, std::move(handler));
}
void Router::put(const std::string& pattern, Handler handler) {
    add("PUT", pattern, std::move(handler));
}
void Router::patch(const std::string& pattern, Handler handler) {
    add("PATCH", pattern, std::move(handler));
}
void Router::del(const std::string& pattern, Handler handler) {
    add("DELETE", pattern, std::move(handler));
}

void Router::add(const std::string& method, const std::string& pattern, Handler handler) {
    if (pattern.empty() || pattern.front() != '/') {
        throw ConfigurationError("route " + method + " " + pattern + ": must start with '/'");
    }
    Node* node = root_.get();
    std::vector<std::string> names;
    for (const auto& segment : split(pattern)) {
        const bool is_parameter = !segment.empty() && segment.front() == ':';
        auto& child = is_parameter ? node->parameter : node->literals[segment];
        if (!child) {
            child = std::make_unique<Node>();
        }
        if (is_parameter) {
            names.push_back(segment.substr(1));
        }
        node = child.get();
    }
    Route route{pattern, std::move(names), std::move(handler)};
    if (!node->routes.emplace(method, std::move(route)).second) {
        throw ConfigurationError("route " + method + " " + pattern + ": there is one already");
    }
}

void Router::also_under(const std::vector<std::string>& prefixes) {
    for (const auto& prefix : prefixes) {
        prefixes_.push_back(split(prefix));
    }
    std::sort(prefixes_.begin(), prefixes_.end(), [](const auto& a, const auto& b) {
        return a.size() > b.size();
    });
}

Response Router::dispatch(Request& request) const {
    if (request.path == "*") {
        return Response::no_content().with("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    }
    std::size_t start = 0;
    for (const auto& prefix : prefixes_) {
        if (prefix.size() <= request.segments.size() &&
            std::equal(prefix.begin(), prefix.end(), request.segments.begin())) {
            start = prefix.size();
            break;
        }
    }
    std::vector<std::size_t> parameters;
    const Node* node = root_->find(request.segments, start, parameters);
    if (node == nullptr) {
        throw Problem(404, "There is nothing at this path.");
    }
    if (request.method == "OPTIONS") {
        return Response::no_content().with("Allow", node->allow());
    }
    const auto found = node->routes.find(request.method == "HEAD" ? "GET" : request.method);
    if (found == node->routes.end()) {
        throw Problem(405, "This resource does not know the method.").with("Allow", node->allow());
    }
    const Route& route = found->second;
    request.method = found->first;
    request.route = route.pattern;
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        request.params.emplace(route.names[i], request.segments[parameters[i]]);
    }
    return route.handler(request);
}

Response Router::serve(Request& request) const {
    return answer([this, &request](const Request& /*same*/) { return dispatch(request); }, request);
}

std::vector<Router::Entry> Router::routes() const {
    std::vector<Entry> entries;
    std::vector<const Node*> open{root_.get()};
    while (!open.empty()) {
        const Node* node = open.back();
        open.pop_back();
        for (const auto& [method, route] : node->routes) {
            entries.push_back({method, route.pattern});
        }
        for (const auto& [name, child] : node->literals) {
            open.push_back(child.get());
        }
        if (node->parameter) {
            open.push_back(node->parameter.get());
        }
    }
    return entries;
}

// This is the one place that calls a handler, and it catches everything.
Response answer(const Handler& handler, const Request& request) {
    const auto failed = [&request](const std::string& why) {
        log::error(
            "http handler failed",
            {{"request_id", request.id}, {"route", std::string(request.route)}, {"error", why}}
        );
        return Problem(500, "The server could not serve this request.").response(request.path);
    };
    try {
        return handler(request);
    } catch (const Problem& problem) {
        return problem.response(request.path);
    } catch (const TransientError& error) {
        log::warn(
            "http handler met an outage",
            {{"request_id", request.id},
             {"route", std::string(request.route)},
             {"error", error.what()}}
        );
        return Problem(503, "Something this request needs is away for the moment.")
            .with("Retry-After", "1")
            .response(request.path);
    } catch (const std::exception& error) {
        return failed(error.what());
    } catch (...) {
        return failed("not a std::exception");
    }
}

}  // namespace carafe::http
