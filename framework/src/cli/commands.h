#pragma once

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Validators.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cli/session.h"

namespace carafe::cli {

// The exit codes of every command; see carafe/application.h.
constexpr int kOk = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kDeadline = 3;

// Which function runs for which (sub)command.
class CommandTable {
public:
    using Run = std::function<int(Session&)>;

    explicit CommandTable(CLI::App& root) : root_(root) {}

    // A command of `parent`, with its example; the caller adds options, then calls `runs`.
    CLI::App* add(
        CLI::App& parent,
        const std::string& name,
        const std::string& description,
        const std::string& example
    );
    // A command that only has commands of its own.
    CLI::App* group(const std::string& name, const std::string& description);
    void runs(const CLI::App* command, Run run) { entries_.emplace_back(command, std::move(run)); }

    [[nodiscard]] CLI::App& root() const { return root_; }
    // What the parsed command line asks for; empty when it names no command.
    [[nodiscard]] Run selected() const;
    // Of the selected command: "worker"; of a group's command, the group's name.
    [[nodiscard]] std::string name() const;

private:
    CLI::App& root_;
    std::vector<std::pair<const CLI::App*, Run>> entries_;
};

void add_worker_command(CommandTable& table);
void add_topics_commands(CommandTable& table);
void add_db_commands(CommandTable& table);
void add_config_command(CommandTable& table);
void add_routes_commands(CommandTable& table);
void add_routes_plan_command(CommandTable& table, CLI::App& routes);
void add_dlq_commands(CommandTable& table);
void add_cluster_commands(CommandTable& table);
void add_trace_command(CommandTable& table);
void add_completion_command(CommandTable& table);
void add_info_command(CommandTable& table);

}  // namespace carafe::cli
