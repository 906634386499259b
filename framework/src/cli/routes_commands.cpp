#include <algorithm>
#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/text.h"
#include "config/units.h"
#include "kafka/admin.h"

namespace carafe::cli {

namespace {

struct Options {
    bool is_json = false;
    bool is_offline = false;
};

std::string range(const RetrySettings& retry) {
    return config::format_duration(retry.backoff_min) + ".." +
           config::format_duration(retry.backoff_max);
}

const char* name_of(Delivery delivery) {
    return delivery == Delivery::kExactlyOnce ? "exactly_once" : "at_least_once";
}

boost::json::object to_json(const routing::Route& route) {
    const TopicRoute& settings = route.settings;
    boost::json::object object{
        {"group", route.group},
        {"topic", settings.topic},
        {"consumer", settings.consumer},
        {"delivery", name_of(settings.delivery)},
        {"batch",
         {{"max_messages", settings.batch.max_messages},
          {"max_wait", config::format_duration(settings.batch.max_wait)}}},
        {"retry", {{"attempts", settings.retry.attempts}, {"backoff", range(settings.retry)}}},
        {"dead_letter_topic", nullptr},
        {"deduplicate", config::format_duration(settings.deduplicate)},
        {"rate_limit", config::format_rate(settings.rate_limit)},
        {"delay", config::format_duration(settings.delay)},
        {"tick", config::format_duration(settings.tick)},
        {"pause", settings.pause},
        {"line", settings.location.line},
    };
    if (settings.dead_letter_topic) {
        object["dead_letter_topic"] = *settings.dead_letter_topic;
    }
    return object;
}

int show(Session& session, bool is_json) {
    boost::json::array routes;
    Table table({"GROUP", "TOPIC", "CONSUMER", "DELIVERY", "BATCH", "RETRY", "DEAD LETTERS"});
    for (const routing::Route& route : session.routes()) {
        const TopicRoute& settings = route.settings;
        routes.push_back(to_json(route));
        table.add(
            {printable(route.group),
             settings.topic,
             printable(settings.consumer),
             name_of(settings.delivery),
             std::to_string(settings.batch.max_messages) + " in " +
                 config::format_duration(settings.batch.max_wait),
             std::to_string(settings.retry.attempts) + " x " + range(settings.retry),
             settings.dead_letter_topic.value_or("-")}
        );
    }
    if (is_json) {
        print_json(routes);
    } else {
        std::cout << table.text();
    }
    return kOk;
}

void check_topics(Session& session, const std::vector<routing::Route>& routes) {
    const kafka::Admin admin(session.settings().kafka);
    std::vector<std::string> existing;
    for (const auto& [name, state] : admin.topics()) {
        existing.push_back(name);
    }
    const std::vector<SettingsProblem> missing = routing::missing_topics(routes, existing);
    if (!missing.empty()) {
        throw ConfigurationError(
            std::string(SettingsError(session.config_file(), missing).what()) +
            "\nrun bin/carafe topics migrate"
        );
    }
}

int check(Session& session, const Options& options) {
    const std::vector<routing::Route> routes = session.routes();
    kafka::check_properties(session.settings().kafka);
    if (!options.is_offline) {
        check_topics(session, routes);
    }
    for (const routing::Route& route : routes) {
        if (!route.settings.dead_letter_topic) {
            std::cerr << session.config_file() << ':' << route.settings.location.line << ':'
                      << route.settings.location.column << ": warning: topic '"
                      << route.settings.topic
                      << "' has no dead_letter_queue: a failing record blocks its partition\n";
        }
    }
    std::cout << "ok: " << session.settings().consumer_groups.size() << " groups, " << routes.size()
              << " routes" << (options.is_offline ? ", the cluster was not asked" : "") << '\n';
    return kOk;
}

}  // namespace

void add_routes_commands(CommandTable& table) {
    const auto options = std::make_shared<Options>();
    const std::string app = table.root().get_name();
    CLI::App* routes = table.group("routes", "Which consumer reads which topic");

    CLI::App* command = table.add(
        *routes,
        "check",
        "Check karafka.yml, the consumers it names and that their topics exist; exit 2 with all "
        "problems",
        app + " routes check --offline"
    );
    command->add_flag("--offline", options->is_offline, "Do not ask the cluster for its topics");
    table.runs(command, [options](Session& session) { return check(session, *options); });

    command = table.add(*routes, "show", "Show the routes", app + " routes show --json");
    command->add_flag("--json", options->is_json, "Print JSON");
    table.runs(command, [options](Session& session) { return show(session, options->is_json); });
}

}  // namespace carafe::cli
