#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cli/session.h"

// CLI11 is known to commands.cpp and application.cpp alone: its headers cost a source ten seconds.
namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace carafe::cli {

// The exit codes of every command; see carafe/application.h.
constexpr int kOk = 0;
constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kDeadline = 3;

// An option or parameter that was added, for what else there is to say of it.
class Option {
public:
    explicit Option(CLI::Option& option) : option_(&option) {}

    Option& required();
    Option& shows_default();  // in --help
    Option& within(std::int64_t least, std::int64_t most);
    // `problem` says what is wrong with a text, or nothing.
    Option& checked(std::function<std::string(const std::string&)> problem);
    Option& separated_by(char delimiter);

private:
    CLI::Option* option_;
};

// A command or a group of them. A handle: what it names belongs to the command line.
class Subcommand {
public:
    struct Word {
        std::string text;  // --json
        std::string description;
    };

    explicit Subcommand(CLI::App& app) : app_(&app) {}

    // `name` with dashes, or without for a parameter that is known by its place. `value` must live
    // until the command has run.
    Option option(const std::string& name, std::string& value, const std::string& description);
    Option option(
        const std::string& name, std::vector<std::string>& value, const std::string& description
    );
    Option option(const std::string& name, int& value, const std::string& description);
    Option option(const std::string& name, std::int64_t& value, const std::string& description);
    Option option(const std::string& name, std::size_t& value, const std::string& description);
    void flag(const std::string& name, bool& value, const std::string& description);

    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] std::string description() const;
    [[nodiscard]] std::vector<Subcommand> subcommands() const;
    [[nodiscard]] std::vector<Word> words() const;  // its options

    [[nodiscard]] CLI::App& native() const { return *app_; }

private:
    CLI::App* app_;
};

// Which function runs for which (sub)command.
class CommandTable {
public:
    using Run = std::function<int(Session&)>;

    explicit CommandTable(CLI::App& root) : root_(root) {}

    // A command of `parent`, with its example; the caller adds options, then calls `runs`.
    Subcommand add(
        Subcommand parent,
        const std::string& name,
        const std::string& description,
        const std::string& example
    );
    // A command that only has commands of its own.
    Subcommand group(const std::string& name, const std::string& description);
    void runs(Subcommand command, Run run) { entries_.emplace_back(command, std::move(run)); }

    [[nodiscard]] Subcommand root() const { return root_; }
    // What the parsed command line asks for; empty when it names no command.
    [[nodiscard]] Run selected() const;
    // The first word of that: "worker", or the name of a group.
    [[nodiscard]] std::string selected_name() const;

private:
    Subcommand root_;
    std::vector<std::pair<Subcommand, Run>> entries_;
};

void add_worker_command(CommandTable& table);
void add_topics_commands(CommandTable& table);
void add_db_commands(CommandTable& table);
void add_config_command(CommandTable& table);
void add_routes_commands(CommandTable& table);
void add_routes_plan_command(CommandTable& table, Subcommand routes);
void add_dlq_commands(CommandTable& table);
void add_cluster_commands(CommandTable& table);
void add_trace_command(CommandTable& table);
void add_completion_command(CommandTable& table);
void add_info_command(CommandTable& table);

}  // namespace carafe::cli
