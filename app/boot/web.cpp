#include "app/boot/web.h"

#include <charconv>
#include <cstdlib>

#include "app/boot/process.h"
#include "app/controllers/ops_services.h"
#include "app/controllers/services.h"
#include "carafe/application.h"
#include "carafe/cluster.h"
#include "carafe/http/request_metrics.h"
#include "carafe/log.h"
#include "carafe/postgres/redrive_service.h"
#include "carafe/postgres/relay.h"
#include "carafe/trace.h"
#include "routes/consumers.h"
#include "routes/http.h"

namespace shop::boot {

namespace {

constexpr int kOpsPort = 9303;
constexpr std::chrono::milliseconds kDrain{4'500};
// Longer than the gateway keeps an idle connection to us (keepalive_timeout in nginx.conf.in): it
// closes first, and no request crosses a close of ours.
constexpr std::chrono::milliseconds kIdleWhileStopping{2'500};
constexpr int kDefaultOrdersPerMinute = 20;

// Nobody waits for the database longer than RequestQueue's deadline, so nothing shall go on much
// longer there either. A lock's wait ends first: that is how a second request with an idempotency
// key learns that the first one is still under way.
constexpr std::chrono::milliseconds kPoolTimeout{500};
constexpr std::chrono::milliseconds kLockTimeout{700};
constexpr std::chrono::milliseconds kStatementTimeout{900};

// A password's hash takes 64 MiB and some 50 ms of a core: a few at a time, and a short queue.
constexpr RequestQueue::Options kHashing{2, 64, std::chrono::seconds(5)};
// How old what operators see of the cluster may be.
constexpr std::chrono::milliseconds kClusterPeriod{2'000};
// One statement is under way in the database while the answers of another are written.
constexpr int kLookupsAtOnce = 2;
constexpr std::size_t kMaxWaiting = 256;
// Whoever waits in a queue, is served, or waits for a command's outcome.
constexpr int kMaxDeferred = 1024;

carafe::DatabaseSettings database_of_web(const carafe::Settings& settings) {
    carafe::DatabaseSettings database = settings.database;
    database.pool_timeout = kPoolTimeout;
    database.lock_timeout = kLockTimeout;
    database.statement_timeout = kStatementTimeout;
    return database;
}

// ORDERS_PER_MINUTE: what a user may place without a limit of his own; 0: as many as he likes.
int orders_per_minute() {
    const char* text = std::getenv("ORDERS_PER_MINUTE");
    if (text == nullptr || *text == '\0') {
        return kDefaultOrdersPerMinute;
    }
    const std::string_view digits(text);
    int limit = -1;
    const auto [end, error] = std::from_chars(text, text + digits.size(), limit);
    if (error != std::errc() || end != text + digits.size() || limit < 0) {
        throw carafe::ConfigurationError(
            "ORDERS_PER_MINUTE='" + std::string(digits) + "' is no number: write 0 for no limit"
        );
    }
    return limit;
}

carafe::http::Server::Options server_options(
    const carafe::HttpSettings& http, carafe::Metrics& metrics
) {
    carafe::http::Server::Options options;
    options.bind = http.bind;
    options.port = http.port;
    options.threads = http.threads;
    options.max_connections = http.max_connections;
    options.max_deferred = kMaxDeferred;
    options.max_connections_per_address = http.max_connections_per_address;
    options.stop_idle_time = kIdleWhileStopping;
    options.names_route = true;
    options.on_request = carafe::http::RequestMetrics(metrics);
    return options;
}

// Everything since the order was placed: its id says when that was.
carafe::Trace trace_of(const carafe::Settings& settings, const std::string& order_id) {
    const auto placed = carafe::time_of_uuid(order_id).value_or(std::chrono::system_clock::now());
    return carafe::trace_key(settings, order_id, placed - std::chrono::seconds(5));
}

std::vector<std::string> group_ids(const carafe::Settings& settings) {
    std::vector<std::string> ids;
    for (const carafe::ConsumerGroupSettings& group : settings.consumer_groups) {
        ids.push_back(group.id);
    }
    return ids;
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
        carafe::postgres::relay_producers(settings.kafka),
        signal,
        "web " + process_name()
    );
    Authenticator authenticator(database, tokens);
    CommandWaiters waiters(database);
    GatheredLookup<Order> orders(find_all_in<Order>(database), kLookupsAtOnce);
    RequestQueue requests({settings.database.pool_size, kMaxWaiting});
    RequestQueue hashing(kHashing);
    carafe::postgres::RedriveService redrive_service(settings, routes::on_discard);
    carafe::ClusterWatch cluster(settings, kClusterPeriod);
    OpsServices ops{
        carafe::postgres::DeadLetters(pool),
        carafe::postgres::Redrives(pool, routes::on_discard),
        carafe::postgres::Pauses(pool),
        [&redrive_service] { redrive_service.wake(); },
        [&cluster] { return cluster.latest(); },
        settings.kafka,
        [&settings](const std::string& order_id) { return trace_of(settings, order_id); },
        group_ids(settings)};
    Services services{
        database,
        signal,
        tokens,
        authenticator,
        waiters,
        orders,
        requests,
        hashing,
        orders_per_minute(),
        &ops};
    carafe::http::Router router;
    routes::http(router, services);
    carafe::http::Server server(server_options(settings.http, process.metrics()), router);

    relay.start();
    redrive_service.start();
    cluster.start();
    server.start();
    carafe::log::info("web listens", {{"port", std::to_string(server.port())}});
    process.run_until_stopped();
    server.stop(kDrain);
    cluster.stop();
    redrive_service.stop();
    relay.stop();
    return 0;
}

}  // namespace shop::boot
