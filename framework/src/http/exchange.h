#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "carafe/trace_context.h"
#include "http/request_head.h"
#include "http/worker_context.h"

namespace carafe::http {

// One request and its one response, of a connection.
struct Exchange {
    std::uint64_t number = 0;  // counts the requests of the connection
    std::string request_id;
    std::string method;      // as sent; empty when the guard refused before it was known
    std::string_view route;  // the router's string
    std::string path;
    std::string remote_address;
    Clock::time_point started;
    int minor_version = 1;
    bool keep_alive = false;
    // Of its span; empty while none are exported.
    std::optional<TraceContext> trace;
    std::optional<TraceContext> trace_parent;  // as the client said
};

// While spans are exported: the request becomes one, in the client's trace, and its `traceparent`
// from here on names it.
void begin_span(Exchange& exchange, Request& request, const WorkerContext& worker);

// Takes over the caller's X-Request-Id or makes one.
std::string request_id_of(const Request& request, WorkerContext& worker);

// Appends the response's bytes, tells Options::on_request and the log. `exchange.keep_alive` says
// afterwards whether another request may follow.
void write_response(
    std::string& output, const Response& response, Exchange& exchange, WorkerContext& worker
);

}  // namespace carafe::http
