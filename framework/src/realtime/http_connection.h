#pragma once

#include <memory>
#include <unordered_set>

#include "realtime/http_limits.h"
#include "realtime/http_message.h"
#include "realtime/network_types.h"
#include "realtime/timers.h"

namespace carafe::realtime {

class HttpConnection;

// What the connections of one front share.
struct HttpContext {
    HttpLimits limits;
    HttpHandler& handler;
    Timers& timers;
    std::unordered_set<HttpConnection*> connections;
    bool closing = false;  // no connection takes another request
};

// Speaks HTTP on `socket` until either side has enough or it becomes a WebSocket.
void serve_http(std::shared_ptr<HttpContext> context, TcpSocket socket, ConnectionTicket ticket);

// Closes the connections that wait for a request.
void close_idle(const HttpContext& context);

}  // namespace carafe::realtime
