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

std::vector<SettingsProblem> missing_topics(
    Session& session, const std::vector<routing::Route>& routes
) {
    const kafka::Admin admin(session.settings().kafka);
    std::vector<std::string> existing;
    for (const auto& [name, state] : admin.topics()) {
        existing.push_back(name);
    }
    return routing::missing_topics(routes, existing);
}

std::vector<SettingsProblem> warnings(const std::vector<routing::Route>& routes) {
    std::vector<SettingsProblem> found;
    for (const routing::Route& route : routes) {
        if (!route.settings.dead_letter_topic) {
            found.push_back(
                {route.settings.location,
                 "topic '" + route.settings.topic +
                     "' has no dead_letter_queue: a failing record blocks its partition"}
            );
        }
    }
    return found;
}

boost::json::array to_json(const std::vector<SettingsProblem>& problems) {
    boost::json::array array;
    for (const SettingsProblem& problem : problems) {
        array.push_back(
            {{"line", problem.location.line},
             {"column", problem.location.column},
             {"message", problem.message}}
        );
    }
    return array;
}

// What is wrong comes on stdout as JSON, or is thrown for the one place that prints errors.
int checked(Session& session, const Options& options) {
    const std::vector<routing::Route> routes = session.routes();
    kafka::check_properties(session.settings().kafka);
    if (!options.is_offline) {
        const auto missing = missing_topics(session, routes);
        if (!missing.empty()) {
            throw SettingsError(session.config_file(), missing);
        }
    }
    const std::vector<SettingsProblem> found = warnings(routes);
    if (options.is_json) {
        print_json(boost::json::object{
            {"ok", true},
            {"groups", session.settings().consumer_groups.size()},
            {"routes", routes.size()},
            {"problems", boost::json::array()},
            {"warnings", to_json(found)}});
        return kOk;
    }
    for (const SettingsProblem& warning : found) {
        std::cerr << session.config_file() << ':' << warning.location.line << ':'
                  << warning.location.column << ": warning: " << warning.message << '\n';
    }
    std::cout << "ok: " << session.settings().consumer_groups.size() << " groups, " << routes.size()
              << " routes" << (options.is_offline ? ", the cluster was not asked" : "") << '\n';
    return kOk;
}

bool is_about_topics(const SettingsError& error) {
    return std::any_of(
        error.problems().begin(),
        error.problems().end(),
        [](const SettingsProblem& problem) {
            return problem.message.find("does not exist in the cluster") != std::string::npos;
        }
    );
}

int check(Session& session, const Options& options) {
    try {
        return checked(session, options);
    } catch (const SettingsError& error) {
        if (options.is_json) {
            print_json(boost::json::object{{"ok", false}, {"problems", to_json(error.problems())}});
            return kUsage;
        }
        if (is_about_topics(error)) {
            throw ConfigurationError(std::string(error.what()) + "\nrun bin/carafe topics migrate");
        }
        throw;
    }
}

}  // namespace

void add_routes_commands(CommandTable& table) {
    const auto options = std::make_shared<Options>();
    const std::string app = table.root().name();
    Subcommand routes = table.group("routes", "Which consumer reads which topic");

    Subcommand command = table.add(
        routes,
        "check",
        "Check karafka.yml, the consumers it names and that their topics exist; exit 2 with all "
        "problems",
        app + " routes check --offline"
    );
    command.flag("--offline", options->is_offline, "Do not ask the cluster for its topics");
    command.flag("--json", options->is_json, "Print JSON, problems too");
    table.runs(command, [options](Session& session) { return check(session, *options); });

    command = table.add(routes, "show", "Show the routes", app + " routes show --json");
    command.flag("--json", options->is_json, "Print JSON");
    table.runs(command, [options](Session& session) { return show(session, options->is_json); });

    add_routes_plan_command(table, routes);
}

}  // namespace carafe::cli
