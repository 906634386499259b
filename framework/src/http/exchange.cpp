#include "http/exchange.h"

#include "carafe/http/problem.h"
#include "carafe/log.h"
#include "carafe/spans.h"
#include "http/response_writer.h"

namespace carafe::http {
namespace {

void end_span(const Exchange& exchange, int status, Clock::duration duration) {
    Span span;
    span.name = exchange.method;
    span.kind = Span::Kind::kServer;
    span.context = *exchange.trace;
    span.parent = exchange.trace_parent;
    span.end = std::chrono::system_clock::now();
    span.start =
        span.end - std::chrono::duration_cast<std::chrono::system_clock::duration>(duration);
    span.attributes = {
        {"http.request.method", exchange.method},
        {"url.path", exchange.path},
        {"http.response.status_code", std::int64_t{status}},
        {"client.address", exchange.remote_address},
        {"http.request.header.x-request-id", exchange.request_id}};
    if (!exchange.route.empty()) {
        span.name += ' ';
        span.name += exchange.route;
        span.attributes.emplace_back("http.route", std::string(exchange.route));
    }
    if (status >= 500) {
        span.error = std::to_string(status);
    }
    spans::add(std::move(span));
}

void report(const Exchange& exchange, int status, const Server::Options& options) {
    const auto duration = Clock::now() - exchange.started;
    if (exchange.trace) {
        end_span(exchange, status, duration);
    }
    if (options.on_request) {
        options.on_request(
            {exchange.method,
             exchange.route,
             exchange.path,
             exchange.request_id,
             exchange.remote_address,
             status,
             duration}
        );
    }
    if (log::enabled(log::Level::kDebug)) {
        const auto seconds = std::chrono::duration<double>(duration).count();
        log::debug(
            "http request",
            {{"method", exchange.method},
             {"route", std::string(exchange.route)},
             {"status", std::to_string(status)},
             {"seconds", std::to_string(seconds)},
             {"request_id", exchange.request_id}}
        );
    }
}

}  // namespace

std::string request_id_of(const Request& request, WorkerContext& worker) {
    const auto given = request.header("x-request-id");
    return given && is_request_id(*given) ? std::string(*given) : worker.request_ids.next();
}

void begin_span(Exchange& exchange, Request& request, const WorkerContext& worker) {
    exchange.trace.reset();
    exchange.trace_parent.reset();
    if (!spans::enabled() || !worker.options().exports_spans) {
        return;
    }
    exchange.trace_parent = TraceContext::parse(request.header("traceparent").value_or(""));
    exchange.trace = exchange.trace_parent ? exchange.trace_parent->child() : TraceContext::root();
    request.headers.erase("traceparent");
    request.headers.emplace("traceparent", exchange.trace->traceparent());
}

void write_response(
    std::string& output, const Response& response, Exchange& exchange, WorkerContext& worker
) {
    const auto& options = worker.options();
    exchange.keep_alive = exchange.keep_alive && !worker.is_stopping();
    const ResponseContext context{
        exchange.request_id,
        worker.date(),
        exchange.method == "HEAD",
        exchange.keep_alive,
        exchange.minor_version,
        options.names_route ? exchange.route : std::string_view()};
    int status = response.status;
    const bool is_too_large = response.body.size() > options.max_response_bytes;
    if (is_too_large || !append_response(output, response, context)) {
        log::error(
            is_too_large ? "http response is larger than max_response_bytes"
                         : "http response has a header with a control character",
            {{"request_id", exchange.request_id}, {"route", std::string(exchange.route)}}
        );
        const Problem problem(500, "The server could not serve this request.");
        status = problem.status();
        append_response(output, problem.response(exchange.path), context);
    }
    report(exchange, status, options);
}

}  // namespace carafe::http
