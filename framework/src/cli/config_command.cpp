#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/text.h"

namespace carafe::cli {

namespace {

struct Options {
    bool is_json = false;
    bool only_keys = false;
};

int print_keys(bool is_json) {
    boost::json::array keys;
    Table table({"KEY", "TYPE", "DEFAULT", "MEANING"});
    for (const config::KeyDescription& key : config::describe_keys()) {
        keys.push_back(
            {{"key", key.path},
             {"type", key.type},
             {"default", key.default_value},
             {"description", key.description}}
        );
        table.add({key.path, key.type, key.default_value, key.description});
    }
    if (is_json) {
        print_json(keys);
    } else {
        std::cout << table.text();
    }
    return kOk;
}

int print_values(Session& session, bool is_json) {
    boost::json::array values;
    Table table({"KEY", "VALUE", "ORIGIN"});
    for (const config::EffectiveValue& value : session.loaded().effective) {
        values.push_back({{"key", value.path}, {"value", value.value}, {"origin", value.origin}});
        table.add({printable(value.path), printable(value.value), printable(value.origin)});
    }
    if (is_json) {
        print_json(values);
    } else {
        std::cout << table.text();
    }
    return kOk;
}

}  // namespace

void add_config_command(CommandTable& table) {
    const auto options = std::make_shared<Options>();
    Subcommand command = table.add(
        table.root(),
        "config",
        "Print the configuration in force and where each value comes from; passwords are hidden",
        "DATABASE_URL=postgresql://db/shop " + table.root().name() + " config --json"
    );
    command.flag("--json", options->is_json, "Print JSON");
    command.flag("--keys", options->only_keys, "Describe every key of karafka.yml instead");
    table.runs(command, [options](Session& session) {
        return options->only_keys ? print_keys(options->is_json)
                                  : print_values(session, options->is_json);
    });
}

}  // namespace carafe::cli
