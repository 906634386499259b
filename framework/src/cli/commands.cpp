#include "cli/commands.h"

#include <CLI/CLI.hpp>

namespace carafe::cli {

Option& Option::required() {
    option_->required();
    return *this;
}

Option& Option::shows_default() {
    option_->capture_default_str();
    return *this;
}

Option& Option::within(std::int64_t least, std::int64_t most) {
    option_->check(
        CLI::Range(least, most).description(std::to_string(least) + " to " + std::to_string(most))
    );
    return *this;
}

Option& Option::checked(std::function<std::string(const std::string&)> problem) {
    option_->check(std::move(problem));
    return *this;
}

Option& Option::separated_by(char delimiter) {
    option_->delimiter(delimiter);
    return *this;
}

Option Subcommand::option(
    const std::string& name, std::string& value, const std::string& description
) {
    return Option(*app_->add_option(name, value, description));
}

Option Subcommand::option(
    const std::string& name, std::vector<std::string>& value, const std::string& description
) {
    return Option(*app_->add_option(name, value, description));
}

Option Subcommand::option(const std::string& name, int& value, const std::string& description) {
    return Option(*app_->add_option(name, value, description));
}

Option Subcommand::option(
    const std::string& name, std::int64_t& value, const std::string& description
) {
    return Option(*app_->add_option(name, value, description));
}

Option Subcommand::option(
    const std::string& name, std::size_t& value, const std::string& description
) {
    return Option(*app_->add_option(name, value, description));
}

void Subcommand::flag(const std::string& name, bool& value, const std::string& description) {
    app_->add_flag(name, value, description);
}

const std::string& Subcommand::name() const {
    return app_->get_name();
}

std::string Subcommand::description() const {
    return app_->get_description();
}

std::vector<Subcommand> Subcommand::subcommands() const {
    std::vector<Subcommand> all;
    for (CLI::App* below : app_->get_subcommands([](const CLI::App*) { return true; })) {
        all.emplace_back(*below);
    }
    return all;
}

std::vector<Subcommand::Word> Subcommand::words() const {
    std::vector<Word> words;
    for (const CLI::Option* option : app_->get_options()) {
        for (const std::string& name : option->get_lnames()) {
            words.push_back({"--" + name, option->get_description()});
        }
    }
    return words;
}

Subcommand CommandTable::add(
    Subcommand parent,
    const std::string& name,
    const std::string& description,
    const std::string& example
) {
    CLI::App* command = parent.native().add_subcommand(name, description);
    command->footer("\nExample:\n  " + example);
    return Subcommand(*command);
}

Subcommand CommandTable::group(const std::string& name, const std::string& description) {
    CLI::App* command = root_.native().add_subcommand(name, description);
    command->require_subcommand(1);
    command->footer("\nSee `" + name + " COMMAND --help` for an example of each.");
    return Subcommand(*command);
}

CommandTable::Run CommandTable::selected() const {
    for (const auto& [command, run] : entries_) {
        if (command.native().parsed()) {
            return run;
        }
    }
    return nullptr;
}

std::string CommandTable::selected_name() const {
    const auto parsed = root_.native().get_subcommands();
    return parsed.empty() ? "" : parsed.front()->get_name();
}

}  // namespace carafe::cli
