// routes plan: what an edit would do to the workers that run.
#include <boost/json.hpp>
#include <iostream>
#include <memory>
#include <set>

#include "carafe/log.h"
#include "carafe/ops.h"
#include "cli/commands.h"
#include "cli/ops_client.h"
#include "cli/output.h"
#include "cli/text.h"
#include "cli/worker_routes.h"

namespace carafe::cli {

namespace {

constexpr int kOpsPort = 9300;
constexpr int kPortsTried = 16;  // the n-th worker of a machine has the n-th port

struct Options {
    std::string file;  // empty: karafka.yml as it is now
    std::vector<std::string> workers;
    std::string against;
    bool is_json = false;
    bool has_detailed_exit_code = false;
};

// One row of the plan, over all workers that were asked.
struct Row {
    std::string action;
    std::string group;
    std::string topic;
    std::string effect;  // on the group
    std::vector<routing::KeyChange> keys;
    std::string reason;
    int partitions = 0;
};

using RowName = std::tuple<std::string, std::string, std::string>;  // group, topic, action

struct Report {
    std::vector<std::string> workers;
    std::map<RowName, Row> routes;
    std::map<std::string, routing::KeyChange> live;
    std::map<std::string, routing::KeyChange> restart;
    std::map<std::string, routing::KeyChange> elsewhere;

    [[nodiscard]] bool empty() const {
        return routes.empty() && live.empty() && restart.empty() && elsewhere.empty();
    }
};

std::vector<WorkerAnswer> ask_workers(const Options& options, const std::string& app) {
    std::vector<WorkerAnswer> answers;
    if (!options.workers.empty()) {
        for (const std::string& worker : options.workers) {
            try {
                answers.push_back(parse_answer(ops_get(parse_address(worker), "/routes")));
            } catch (const ConfigurationError&) {
                throw;
            } catch (const std::exception& error) {
                throw std::runtime_error("worker " + worker + ": " + error.what());
            }
        }
        return answers;
    }
    const int first = ops_port(kOpsPort);
    for (int port = first; port < first + kPortsTried; ++port) {
        try {
            WorkerAnswer answer = parse_answer(ops_get({"127.0.0.1", port}, "/routes"));
            if (answer.app == app) {
                answers.push_back(std::move(answer));
            }
        } catch (const std::exception&) {  // nobody there, or somebody else
        }
    }
    if (answers.empty()) {
        throw std::runtime_error(
            "no worker of this machine answers on the ports " + std::to_string(first) + " to " +
            std::to_string(first + kPortsTried - 1) +
            ": name one with --worker HOST:PORT, or compare two files with --against FILE"
        );
    }
    return answers;
}

// A worker that would run that file, and have every partition.
WorkerAnswer imagined(Session& session, const std::string& file) {
    const auto loaded = config::load(file, process_environment());
    const WorkerRoutes found = worker_routes({session.app(), loaded, file, {}, false});
    WorkerAnswer answer;
    answer.app = session.app().name;
    answer.owner = file;
    answer.running = routing::running(found.routes, loaded);
    for (routing::Running::Route& route : answer.running.routes) {
        route.partitions = partitions_of(found.partitions, route.topic);
    }
    return answer;
}

int partitions_in(const routing::Running& running, const routing::RouteChange& change) {
    for (const routing::Running::Route& route : running.routes) {
        if (route.group == change.group && route.topic == change.topic) {
            return route.partitions;
        }
    }
    return 0;
}

void add_routes(
    Report& report,
    const routing::Plan& plan,
    const WorkerAnswer& answer,
    const std::map<std::string, int>& known
) {
    using Kind = routing::RouteChange::Kind;
    for (const routing::RouteChange& change : plan.routes) {
        const std::string action = routing::name_of(change.kind);
        Row& row = report.routes[{change.group, change.topic, action}];
        row.action = action;
        row.group = change.group;
        row.topic = change.topic;
        row.keys = change.keys;
        row.reason = change.reason;
        const auto group = plan.groups.find(change.group);
        row.effect = group == plan.groups.end() ? "none" : routing::name_of(group->second);
        if (change.kind == Kind::kAdded) {  // shared by the workers
            row.partitions = partitions_of(known, change.topic);
        } else if (change.kind != Kind::kWaits) {
            row.partitions += partitions_in(answer.running, change);
        }
    }
}

void add_keys(
    std::map<std::string, routing::KeyChange>& keys, const std::vector<routing::KeyChange>& changes
) {
    for (const routing::KeyChange& change : changes) {
        keys[change.key] = change;
    }
}

Report make_report(
    Session& session, const std::string& file, const std::vector<WorkerAnswer>& answers
) {
    const auto loaded = config::load(file, process_environment());
    Report report;
    for (const WorkerAnswer& answer : answers) {
        const WorkerRoutes next =
            worker_routes({session.app(), loaded, file, answer.selection, true});
        const auto plan = routing::plan(answer.running, routing::running(next.routes, loaded));
        report.workers.push_back(answer.owner);
        add_routes(report, plan, answer, next.partitions);
        add_keys(report.live, plan.live);
        add_keys(report.restart, plan.restart);
        add_keys(report.elsewhere, plan.elsewhere);
    }
    return report;
}

boost::json::array json_of(const std::vector<routing::KeyChange>& keys) {
    boost::json::array array;
    for (const routing::KeyChange& change : keys) {
        array.push_back({{"key", change.key}, {"from", change.from}, {"to", change.to}});
    }
    return array;
}

boost::json::array json_of(const std::map<std::string, routing::KeyChange>& keys) {
    std::vector<routing::KeyChange> changes;
    changes.reserve(keys.size());
    for (const auto& [key, change] : keys) {
        changes.push_back(change);
    }
    return json_of(changes);
}

void print_as_json(const Report& report) {
    boost::json::array routes;
    int partitions = 0;
    for (const auto& [name, row] : report.routes) {
        partitions += row.partitions;
        routes.push_back(
            {{"action", row.action},
             {"group", row.group},
             {"topic", row.topic},
             {"partitions", row.partitions},
             {"group_effect", row.effect},
             {"rebalance", row.effect == "rebalances"},
             {"keys", json_of(row.keys)},
             {"reason", row.reason}}
        );
    }
    print_json(boost::json::object{
        {"workers", boost::json::array(report.workers.begin(), report.workers.end())},
        {"routes", std::move(routes)},
        {"partitions", partitions},
        {"live", json_of(report.live)},
        {"restart", json_of(report.restart)},
        {"elsewhere", json_of(report.elsewhere)}});
}

std::string text_of(const std::vector<routing::KeyChange>& keys) {
    std::string text;
    for (const routing::KeyChange& change : keys) {
        text += (text.empty() ? "" : ", ") + change.key + " " +
                (change.from.empty() ? "-" : change.from) + " -> " +
                (change.to.empty() ? "-" : change.to);
    }
    return text;
}

void print_keys(const std::string& title, const std::map<std::string, routing::KeyChange>& keys) {
    if (keys.empty()) {
        return;
    }
    std::cout << title << '\n';
    for (const auto& [key, change] : keys) {
        std::cout << "  " << printable(text_of({change})) << '\n';
    }
}

void print(const Report& report) {
    std::cout << "compared with " << report.workers.size() << " worker(s)";
    for (const std::string& worker : report.workers) {
        std::cout << ' ' << printable(worker);
    }
    std::cout << '\n';
    if (report.empty()) {
        std::cout << "nothing to do\n";
        return;
    }
    Table table({"ACTION", "GROUP", "TOPIC", "PARTITIONS", "GROUP", "WHAT"});
    for (const auto& [name, row] : report.routes) {
        table.add(
            {row.action,
             printable(row.group),
             printable(row.topic),
             std::to_string(row.partitions),
             row.effect,
             printable(row.reason.empty() ? text_of(row.keys) : row.reason)}
        );
    }
    if (!table.empty()) {
        std::cout << table.text();
    }
    print_keys("taken at once:", report.live);
    print_keys("taken when the worker starts again:", report.restart);
    print_keys(
        "not of the worker (topics: topics migrate; http, realtime: restart those):",
        report.elsewhere
    );
}

int run(Session& session, const Options& options) {
    const std::string file = options.file.empty() ? session.config_file() : options.file;
    log::configure({"error", "text"});
    const std::vector<WorkerAnswer> answers =
        options.against.empty() ? ask_workers(options, session.app().name)
                                : std::vector<WorkerAnswer>{imagined(session, options.against)};
    const Report report = make_report(session, file, answers);
    if (options.is_json) {
        print_as_json(report);
    } else {
        print(report);
    }
    return options.has_detailed_exit_code && !report.empty() ? kUsage : kOk;
}

}  // namespace

void add_routes_plan_command(CommandTable& table, Subcommand routes) {
    const auto options = std::make_shared<Options>();
    Subcommand command = table.add(
        routes,
        "plan",
        "Ask the running workers what an edit of karafka.yml would do, and change nothing: routes, "
        "partitions touched, rebalances, what needs a restart",
        table.root().name() + " routes plan karafka.new.yml --detailed-exitcode"
    );
    command.option("file", options->file, "The edited file; default: karafka.yml as it is now");
    command.option(
        "--worker",
        options->workers,
        "Ops port of a worker, PORT or HOST:PORT (9300 and those after it)"
    );
    command.option("--against", options->against, "Compare with this file, ask no worker");
    command.flag("--json", options->is_json, "Print JSON");
    command.flag(
        "--detailed-exitcode",
        options->has_detailed_exit_code,
        "Exit 0 when there is nothing to do, 2 when there are changes"
    );
    table.runs(command, [options](Session& session) { return run(session, *options); });
}

}  // namespace carafe::cli
