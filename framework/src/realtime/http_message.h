#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "carafe/realtime/fields.h"
#include "realtime/websocket_link.h"

// HTTP as the engine sees it, whatever reads it from the network.
namespace carafe::realtime {

struct HttpRequest {
    std::string method;
    std::string path;
    Fields query;
    Fields headers;  // names in lower case
    std::string body;
    std::string remote_address;

    // The first of that name, or "".
    [[nodiscard]] std::string_view query_value(std::string_view name) const {
        return query.find(name).value_or(std::string_view());
    }
    [[nodiscard]] std::string_view header(std::string_view name) const {
        return headers.find(name).value_or(std::string_view());
    }
};

struct HttpResponse {
    int status = 200;
    std::string content_type;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
};

// The other end of one request; may be answered later, once.
class HttpExchange {
public:
    virtual ~HttpExchange() = default;
    virtual void respond(HttpResponse response) = 0;
    // Told when the client goes away before the response.
    virtual void on_abort(std::function<void()> listener) = 0;
};

// What answers requests and takes over WebSockets, on the server's thread.
class HttpHandler {
public:
    virtual ~HttpHandler() = default;
    virtual void on_request(HttpRequest request, std::shared_ptr<HttpExchange> exchange) = 0;
    // Asked before the WebSocket handshake; a response refuses it.
    virtual std::optional<HttpResponse> refuse_upgrade(const HttpRequest& request) = 0;
    virtual void on_websocket(HttpRequest request, std::shared_ptr<WebSocketLink> link) = 0;
};

// Splits a request target at '?', takes percent-encoding off the query. Malformed escapes stay as
// they are.
void parse_target(std::string_view target, HttpRequest& request);

}  // namespace carafe::realtime
