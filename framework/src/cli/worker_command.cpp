#include <unistd.h>

#include <csignal>
#include <memory>

#include "carafe/application.h"
#include "carafe/dead_letter.h"
#include "carafe/log.h"
#include "cli/commands.h"
#include "cli/worker_process.h"
#include "kafka/admin.h"
#include "postgres/dead_letters/index.h"

namespace carafe::cli {

namespace {

constexpr auto kClusterTimeout = std::chrono::seconds(3);
constexpr auto kWait = std::chrono::seconds(1);

struct Options {
    std::vector<std::string> groups;
    std::vector<std::string> topics;
};

// How many partitions each topic has. A cluster that is away is no reason not to start: the worker
// joins when it is back. A topic that does not exist is.
std::map<std::string, int> look_at_cluster(
    Session& session, const std::vector<routing::Route>& routes
) {
    std::map<std::string, int> partitions;
    for (const TopicSettings& topic : session.settings().topics) {
        partitions[topic.name] = topic.partitions;
    }
    std::vector<std::string> existing;
    try {
        const kafka::Admin admin(session.settings().kafka, kClusterTimeout);
        partitions.clear();
        for (const auto& [name, state] : admin.topics()) {
            partitions[name] = state.partitions;
            existing.push_back(name);
        }
    } catch (const TransientError& error) {
        log::warn("starting without Kafka", {{"error", error.what()}});
        return partitions;
    }
    const auto missing = routing::missing_topics(routes, existing);
    if (!missing.empty()) {
        throw ConfigurationError(
            std::string(SettingsError(session.config_file(), missing).what()) +
            "\nrun bin/carafe topics migrate"
        );
    }
    return partitions;
}

// Until a signal says stop.
void serve(Signals& signals, const WorkerProcess& worker) {
    while (true) {
        switch (signals.wait(kWait)) {
            case SIGTERM:
            case SIGINT:
                return;
            case SIGTTIN:
                worker.log_status();
                break;
            case SIGHUP:
                log::warn("karafka.yml is read at the start only: restart to apply changes");
                break;
            default:
                break;
        }
    }
}

// Every worker with a database and no selection of groups also keeps the index of dead letters.
void add_dead_letter_index(
    Session& session, std::vector<routing::Route>& routes, const std::map<std::string, int>& known
) {
    const std::string& group = session.settings().worker.dead_letter_group;
    Consumers index;
    index.add<postgres::DeadLetterIndexer>("carafe::DeadLetterIndexer");
    for (const std::string& topic : dead_letter_topics(session.settings())) {
        if (known.count(topic) == 0) {
            continue;  // declared, and not made yet
        }
        routing::Route route;
        route.group = group.empty() ? session.app().name + "-dead-letters" : group;
        route.settings.topic = topic;
        route.settings.consumer = "carafe::DeadLetterIndexer";
        route.settings.delivery = Delivery::kExactlyOnce;
        route.consumer = *index.find(route.settings.consumer);
        routes.push_back(std::move(route));
    }
}

int run(Session& session, const Options& options) {
    Signals signals;  // before any thread
    std::vector<routing::Route> routes =
        routing::select(session.routes(), options.groups, options.topics);
    const std::map<std::string, int> partitions = look_at_cluster(session, routes);
    if (!session.settings().database.url.empty() && options.groups.empty() &&
        options.topics.empty()) {
        add_dead_letter_index(session, routes, partitions);
    }
    WorkerProcess worker(session.settings(), routes, partitions);
    if (session.app().prepare_worker) {
        session.app().prepare_worker(worker.context());
    }
    worker.start();
    serve(signals, worker);
    log::info("worker stopping");
    if (!worker.stop()) {
        log::error("stopped past worker.shutdown_timeout; what was in flight will be done again");
        log::flush();
        _exit(kDeadline);  // a handler is stuck: nothing can be destroyed under it
    }
    log::info("worker stopped");
    return kOk;
}

}  // namespace

void add_worker_command(CommandTable& table) {
    const auto options = std::make_shared<Options>();
    CLI::App* command = table.add(
        table.root(),
        "worker",
        "Run consumers until TERM; TTIN logs what each group is doing. Health and metrics are on "
        "OPS_PORT (9300)",
        table.root().get_name() + " worker --groups shop-orders"
    );
    command->add_option("--groups", options->groups, "Only these consumer groups")->delimiter(',');
    command->add_option("--topics", options->topics, "Only these topics")->delimiter(',');
    table.runs(command, [options](Session& session) { return run(session, *options); });
}

}  // namespace carafe::cli
