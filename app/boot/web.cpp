#include "app/boot/web.h"

#include "app/boot/process.h"
#include "app/controllers/services.h"
#include "carafe/application.h"
#include "carafe/http/server.h"
#include "carafe/log.h"
#include "carafe/postgres/relay.h"
#include "routes/http.h"

namespace shop::boot {

namespace {

constexpr int kOpsPort = 9303;
// How long a second request with an idempotency key waits for the first one.
constexpr std::chrono::seconds kLockTimeout{1};
constexpr std::chrono::seconds kDrain{5};

carafe::DatabaseSettings database_of_web(const carafe::Settings& settings) {
    carafe::DatabaseSettings database = settings.database;
    database.lock_timeout = kLockTimeout;
    return database;
}

carafe::http::Server::Options server_options(
    const carafe::HttpSettings& http, carafe::Metrics& metrics
) {
    carafe::http::Server::Options options;
    options.bind = http.bind;
    options.port = http.port;
    options.threads = http.threads;
    options.max_connections = http.max_connections;
    options.on_request = [&metrics](const carafe::http::Server::Access& access) {
        const carafe::Metrics::Labels labels{
            {"route", std::string(access.route)}, {"status", std::to_string(access.status)}};
        metrics.counter("carafe_http_requests_total", "Requests answered", labels).increment();
    };
    return options;
}

}  // namespace

int run_web(const carafe::Settings& settings) {
    const carafe::Signals signals;  // blocked before the first thread starts
    const Tokens tokens(secret_key_base());
    carafe::postgres::Pool pool(database_of_web(settings), "shop web");
    const Database database(pool);
    Process process(database, carafe::ops_port(kOpsPort));

    carafe::postgres::RelaySignal signal;
    carafe::postgres::Relay relay(
        settings.database,
        [&settings] { return carafe::make_producer(settings.kafka); },
        signal,
        "web " + process_name()
    );
    Authenticator authenticator(database, tokens);
    CommandWaiters waiters(database);
    Services services{database, signal, tokens, authenticator, waiters};
    carafe::http::Router router;
    routes::http(router, services);
    carafe::http::Server server(server_options(settings.http, process.metrics()), router);

    relay.start();
    server.start();
    carafe::log::info("web listens", {{"port", std::to_string(server.port())}});
    process.run_until_stopped();
    server.stop(kDrain);
    relay.stop();
    return 0;
}

}  // namespace shop::boot
