#include <algorithm>
#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/text.h"
#include "cli/topics_plan.h"

namespace carafe::cli {

namespace {

struct Options {
    bool is_json = false;
    bool has_detailed_exit_code = false;
    bool allows_data_loss = false;
};

const char* name_of(TopicChange::Kind kind) {
    switch (kind) {
        case TopicChange::Kind::kCreate:
            return "create";
        case TopicChange::Kind::kGrow:
            return "grow";
        case TopicChange::Kind::kConfigure:
            return "configure";
        case TopicChange::Kind::kRefused:
            break;
    }
    return "refused";
}

boost::json::object to_json(const std::map<std::string, std::string>& config) {
    boost::json::object object;
    for (const auto& [name, value] : config) {
        object[name] = value;
    }
    return object;
}

std::vector<TopicChange> plan(Session& session, const kafka::Admin& admin) {
    const std::vector<TopicSettings>& wanted = session.settings().topics;
    return plan_topics(wanted, topic_states(admin, wanted));
}

int list(Session& session, bool is_json) {
    const std::vector<TopicSettings>& wanted = session.settings().topics;
    const kafka::Admin admin(session.settings().kafka);
    boost::json::array topics;
    Table table({"TOPIC", "PARTITIONS", "REPLICATION", "IN KARAFKA.YML", "CONFIG"});
    for (const auto& [name, state] : topic_states(admin, wanted)) {
        const bool is_declared =
            std::any_of(wanted.begin(), wanted.end(), [&name = name](const TopicSettings& topic) {
                return topic.name == name;
            });
        topics.push_back(
            {{"topic", name},
             {"partitions", state.partitions},
             {"replication", state.replication},
             {"declared", is_declared},
             {"config", to_json(state.config)}}
        );
        table.add(
            {printable(name),
             std::to_string(state.partitions),
             std::to_string(state.replication),
             is_declared ? "yes" : "no",
             printable(config_text(state.config))}
        );
    }
    if (is_json) {
        print_json(topics);
    } else {
        std::cout << table.text();
    }
    return kOk;
}

int print_plan(Session& session, const Options& options) {
    const kafka::Admin admin(session.settings().kafka);
    const std::vector<TopicChange> changes = plan(session, admin);
    boost::json::array rows;
    Table table({"ACTION", "TOPIC", "WHAT"});
    for (const TopicChange& change : changes) {
        rows.push_back(
            {{"action", name_of(change.kind)},
             {"topic", change.wanted.name},
             {"description", change.description},
             {"loses_data", change.loses_data}}
        );
        table.add({name_of(change.kind), change.wanted.name, change.description});
    }
    if (options.is_json) {
        print_json(rows);
    } else {
        std::cout << (changes.empty() ? "nothing to do\n" : table.text());
    }
    if (has_refusal(changes)) {
        return kFailed;
    }
    return options.has_detailed_exit_code && !changes.empty() ? kUsage : kOk;
}

// What stands in the way, one line each; empty when nothing does.
std::vector<std::string> obstacles(const std::vector<TopicChange>& changes, bool allows_data_loss) {
    std::vector<std::string> lines;
    for (const TopicChange& change : changes) {
        if (change.kind == TopicChange::Kind::kRefused) {
            lines.push_back(change.wanted.name + ": " + change.description);
        } else if (change.loses_data && !allows_data_loss) {
            lines.push_back(
                change.wanted.name + ": " + change.description + "; --allow-data-loss does it"
            );
        }
    }
    return lines;
}

int migrate(Session& session, const Options& options) {
    kafka::Admin admin(session.settings().kafka);
    const std::vector<TopicChange> changes = plan(session, admin);
    const auto lines = obstacles(changes, options.allows_data_loss);
    if (!lines.empty()) {
        for (const std::string& line : lines) {
            std::cerr << printable(line) << '\n';
        }
        std::cerr << "nothing was changed\n";
        return kFailed;
    }
    migrate_topics(admin, changes, [](const std::string& line) { std::cout << line << std::endl; });
    std::cout << (changes.empty() ? "nothing to do" : "done") << '\n';
    return kOk;
}

}  // namespace

void add_topics_commands(CommandTable& table) {
    const auto options = std::make_shared<Options>();
    const std::string app = table.root().name();
    Subcommand topics = table.group("topics", "The topics of karafka.yml and those of the cluster");

    Subcommand command =
        table.add(topics, "list", "List the topics of the cluster", app + " topics list --json");
    command.flag("--json", options->is_json, "Print JSON");
    table.runs(command, [options](Session& session) { return list(session, options->is_json); });

    command = table.add(
        topics,
        "plan",
        "Show what `topics migrate` would change, and change nothing",
        app + " topics plan --detailed-exitcode"
    );
    command.flag("--json", options->is_json, "Print JSON");
    command.flag(
        "--detailed-exitcode",
        options->has_detailed_exit_code,
        "Exit 0 when there is nothing to do, 2 when there are changes, 1 when one is impossible"
    );
    table.runs(command, [options](Session& session) { return print_plan(session, *options); });

    command = table.add(
        topics,
        "migrate",
        "Create missing topics, add partitions, set properties; wait until all is visible. Never "
        "takes partitions or topics away, and nothing that may delete records unless told",
        app + " topics migrate"
    );
    command.flag(
        "--allow-data-loss",
        options->allows_data_loss,
        "Also make changes after which Kafka may delete records: less retention, another cleanup "
        "policy"
    );
    table.runs(command, [options](Session& session) { return migrate(session, *options); });
}

}  // namespace carafe::cli
