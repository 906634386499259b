#include <boost/json.hpp>
#include <boost/version.hpp>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/text.h"
#include "kafka/admin.h"

namespace carafe::cli {

namespace {

std::vector<std::pair<std::string, std::string>> versions(const Session& session) {
    return {
        {"app", session.app().name},
        {"configuration", session.config_file()},
        {"carafe", CARAFE_VERSION},
        {"librdkafka", kafka::client_version()},
        {"boost", BOOST_LIB_VERSION},
        {"compiler", "g++ " __VERSION__},
    };
}

}  // namespace

void add_info_command(CommandTable& table) {
    const auto is_json = std::make_shared<bool>(false);
    Subcommand command =
        table.add(table.root(), "info", "Print versions", table.root().name() + " info --json");
    command.flag("--json", *is_json, "Print JSON");
    table.runs(command, [is_json](Session& session) {
        boost::json::object object;
        Table lines({"WHAT", "VERSION"});
        for (const auto& [name, version] : versions(session)) {
            object[name] = version;
            lines.add({name, version});
        }
        if (*is_json) {
            print_json(object);
        } else {
            std::cout << lines.text();
        }
        return kOk;
    });
}

}  // namespace carafe::cli
