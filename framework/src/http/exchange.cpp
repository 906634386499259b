#include "http/exchange.h"

#include "carafe/http/problem.h"
#include "carafe/log.h"
#include "http/response_writer.h"

namespace carafe::http {
namespace {

void report(const Exchange& exchange, int status, const Server::Options& options) {
    const auto duration = Clock::now() - exchange.started;
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

void write_response(
    std::string& output, const Response& response, Exchange& exchange, WorkerContext& worker
) {
    exchange.keep_alive = exchange.keep_alive && !worker.is_stopping();
    const ResponseContext context{
        exchange.request_id,
        worker.date(),
        exchange.method == "HEAD",
        exchange.keep_alive,
        exchange.minor_version};
    int status = response.status;
    if (!append_response(output, response, context)) {
        log::error(
            "http response has a header with a control character",
            {{"request_id", exchange.request_id}, {"route", std::string(exchange.route)}}
        );
        const Problem problem(500, "The server could not serve this request.");
        status = problem.status();
        append_response(output, problem.response(exchange.path), context);
    }
    report(exchange, status, worker.options());
}

}  // namespace carafe::http
