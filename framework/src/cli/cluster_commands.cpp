#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <iostream>
#include <memory>

#include "carafe/cluster.h"
#include "cli/commands.h"
#include "cli/dead_letter_output.h"
#include "cli/output.h"
#include "cli/text.h"

namespace carafe::cli {

namespace {

struct Options {
    std::string group;
    bool is_json = false;
};

template <typename T>
boost::json::value nullable(const std::optional<T>& value) {
    return value ? boost::json::value(*value) : boost::json::value(nullptr);
}

std::string shown(const std::optional<std::int64_t>& value) {
    return value ? std::to_string(*value) : "?";
}

std::string shown_age(const std::optional<double>& seconds) {
    if (!seconds) {
        return "?";
    }
    return *seconds == 0 ? "-" : age(std::chrono::milliseconds(std::llround(*seconds * 1000)));
}

std::vector<GroupReport> chosen(const ClusterReport& report, const Options& options) {
    std::vector<GroupReport> groups;
    for (const GroupReport& group : report.groups) {
        if (options.group.empty() || group.id == options.group) {
            groups.push_back(group);
        }
    }
    if (groups.empty() && !options.group.empty()) {
        throw ConfigurationError(
            "no consumer group '" + printable(options.group) + "' in karafka.yml"
        );
    }
    return groups;
}

void tell_problems(const ClusterReport& report) {
    for (const std::string& problem : report.problems) {
        std::cerr << "not known: " << printable(problem) << '\n';
    }
    for (const std::string& trouble : report.troubles) {
        std::cerr << "trouble: " << printable(trouble) << '\n';
    }
}

boost::json::object partition_json(const GroupReport::Partition& each) {
    return {
        {"topic", each.topic},
        {"partition", each.partition},
        {"position", nullable(each.position)},
        {"end", nullable(each.end)},
        {"lag", nullable(each.lag)},
        {"lag_seconds", nullable(each.lag_seconds)},
        {"member",
         each.member.empty() ? boost::json::value(nullptr) : boost::json::value(each.member)}};
}

boost::json::object group_json(const GroupReport& group) {
    boost::json::array partitions;
    for (const auto& each : group.partitions) {
        partitions.push_back(partition_json(each));
    }
    boost::json::array members;
    for (const auto& member : group.members) {
        boost::json::array assignment;
        for (const std::string& each : member.partitions) {
            assignment.emplace_back(each);
        }
        members.push_back(boost::json::object{
            {"client_id", member.client_id},
            {"host", member.host},
            {"partitions", std::move(assignment)}});
    }
    return {
        {"group", group.id},
        {"state", nullable(group.state)},
        {"lag", nullable(group.lag)},
        {"lag_seconds", nullable(group.lag_seconds)},
        {"members", std::move(members)},
        {"partitions", std::move(partitions)}};
}

int print_groups_json(const std::vector<GroupReport>& groups) {
    boost::json::array array;
    for (const GroupReport& group : groups) {
        array.push_back(group_json(group));
    }
    print_json(array);
    return kOk;
}

int lag(Session& session, const Options& options) {
    const ClusterReport report = look_at_cluster(session.settings());
    const auto groups = chosen(report, options);
    tell_problems(report);
    if (options.is_json) {
        return print_groups_json(groups);
    }
    Table table({"GROUP", "TOPIC", "PARTITION", "POSITION", "END", "LAG", "OLDEST", "MEMBER"});
    for (const GroupReport& group : groups) {
        for (const auto& each : group.partitions) {
            table.add(
                {printable(group.id),
                 printable(each.topic),
                 std::to_string(each.partition),
                 shown(each.position),
                 shown(each.end),
                 shown(each.lag),
                 shown_age(each.lag_seconds),
                 !group.state          ? "?"
                 : each.member.empty() ? "nobody"
                                       : printable(each.member)}
            );
        }
    }
    std::cout << table.text();
    return report.problems.empty() ? kOk : kFailed;
}

int groups(Session& session, const Options& options) {
    const ClusterReport report = look_at_cluster(session.settings());
    const auto chosen_groups = chosen(report, options);
    tell_problems(report);
    if (options.is_json) {
        return print_groups_json(chosen_groups);
    }
    Table table({"GROUP", "STATE", "MEMBERS", "PARTITIONS", "LAG", "OLDEST"});
    for (const GroupReport& group : chosen_groups) {
        table.add(
            {printable(group.id),
             group.state.value_or("?"),
             group.state ? std::to_string(group.members.size()) : "?",
             std::to_string(group.partitions.size()),
             shown(group.lag),
             shown_age(group.lag_seconds)}
        );
    }
    std::cout << table.text();
    return report.problems.empty() ? kOk : kFailed;
}

using Show = int (*)(Session&, const Options&);

void add(CommandTable& table, const std::string& name, const std::string& what, Show show) {
    const auto options = std::make_shared<Options>();
    Subcommand command =
        table.add(table.root(), name, what, table.root().name() + " " + name + " shop-orders");
    command.option("group", options->group, "Only this consumer group");
    command.flag("--json", options->is_json, "Print JSON; what is not known is null");
    table.runs(command, [options, show](Session& session) { return show(session, *options); });
}

}  // namespace

void add_cluster_commands(CommandTable& table) {
    add(table,
        "lag",
        "Show how far each partition of the consumer groups is behind, in records and in the age "
        "of "
        "the oldest one not handled, and what the workers say is wrong; what is not known is a "
        "question mark, never 0",
        lag);
    add(table, "groups", "Show the consumer groups: state, members, lag", groups);
}

}  // namespace carafe::cli
