#include "app/boot/realtime.h"

#include <cstdlib>
#include <set>

#include "app/boot/process.h"
#include "app/boot/realtime_metrics.h"
#include "app/channels/database_tail.h"
#include "app/channels/shop_channel.h"
#include "carafe/application.h"
#include "carafe/event_reader.h"
#include "carafe/log.h"
#include "routes/channels.h"

namespace shop::boot {

namespace {

constexpr int kOpsPort = 9309;

carafe::realtime::Server::Options server_options(const carafe::RealtimeSettings& realtime) {
    carafe::realtime::Server::Options options;
    options.bind = realtime.bind;
    options.port = realtime.port;
    options.ping_interval = realtime.ping_interval;
    options.ping_timeout = realtime.ping_timeout;
    options.allowed_origins = realtime.allowed_origins;
    const char* instance = std::getenv("CARAFE_INSTANCE");
    options.instance = instance == nullptr ? "" : instance;
    return options;
}

// The events, and the dead letter queues for the alerts.
std::vector<std::string> topics_of(const carafe::Settings& settings) {
    std::set<std::string> topics(settings.realtime.topics.begin(), settings.realtime.topics.end());
    for (const auto& group : settings.consumer_groups) {
        for (const auto& route : group.topics) {
            if (route.dead_letter_topic) {
                topics.insert(*route.dead_letter_topic);
            }
        }
    }
    return {topics.begin(), topics.end()};
}

}  // namespace

int run_realtime(const carafe::Settings& settings) {
    const carafe::Signals signals;  // blocked before the first thread starts
    const Tokens tokens(secret_key_base());
    carafe::postgres::Pool pool(settings.database, "shop realtime");
    const Database database(pool);

    carafe::realtime::Server server(server_options(settings.realtime));
    ShopChannel channel(server, tokens, database);
    routes::channels(server, channel);
    carafe::EventReader reader(
        settings.kafka,
        topics_of(settings),
        [&channel](const carafe::Message& message) { channel.tell(message); }
    );
    DatabaseTail tail(
        database,
        {[&reader] { return reader.silence(); },
         [&reader] { return reader.ready(); },
         [&channel](const Happening& happening) { channel.tell(happening); }}
    );
    Process process(database, carafe::ops_port(kOpsPort));  // last: it asks the reader
    process.health().readiness("events", [&reader]() -> std::optional<std::string> {
        return reader.ready() ? std::nullopt
                              : std::optional<std::string>("no position in Kafka yet");
    });

    const RealtimeMetrics metrics(process.metrics(), {server, channel, tail});
    server.start();
    reader.start();
    carafe::log::info("realtime listens", {{"port", std::to_string(server.port())}});
    process.run_until_stopped();
    reader.stop();
    server.stop();
    return 0;
}

}  // namespace shop::boot
