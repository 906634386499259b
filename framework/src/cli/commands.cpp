#include "cli/commands.h"

#include <CLI/CLI.hpp>

namespace carafe::cli {

CLI::App* CommandTable::add(
    CLI::App& parent,
    const std::string& name,
    const std::string& description,
    const std::string& example
) {
    CLI::App* command = parent.add_subcommand(name, description);
    command->footer("\nExample:\n  " + example);
    return command;
}

CLI::App* CommandTable::group(const std::string& name, const std::string& description) {
    CLI::App* command = root_.add_subcommand(name, description);
    command->require_subcommand(1);
    command->footer("\nSee `" + name + " COMMAND --help` for an example of each.");
    return command;
}

CommandTable::Run CommandTable::selected() const {
    for (const auto& [command, run] : entries_) {
        if (command->parsed()) {
            return run;
        }
    }
    return nullptr;
}

std::string CommandTable::name() const {
    for (const CLI::App* command : root_.get_subcommands()) {  // those parsed
        return command->get_name();
    }
    return "";
}

}  // namespace carafe::cli
