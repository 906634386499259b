#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/dead_letter_output.h"
#include "cli/output.h"
#include "cli/redrive.h"

namespace carafe::cli {

namespace {

constexpr std::size_t kLimitDefault = 50;
constexpr std::size_t kLimitMax = 10'000;

struct ListOptions {
    std::string topic;
    std::size_t limit = kLimitDefault;
    bool is_json = false;
};

struct ShowOptions {
    std::string id;
    bool is_json = false;
};

std::vector<std::string> topics_of(Session& session, const std::string& topic) {
    if (!topic.empty()) {
        return {topic};
    }
    std::vector<std::string> topics = dead_letter_topics(session.settings());
    if (topics.empty()) {
        throw ConfigurationError(
            session.config_file() +
            " names no dead letter topic: set dead_letter_queue on a "
            "route, or say --topic"
        );
    }
    return topics;
}

int list(Session& session, const ListOptions& options) {
    kafka::LogReader reader(session.settings().kafka);
    const std::vector<std::string> topics = topics_of(session, options.topic);
    if (!options.topic.empty() && reader.ranges(options.topic).empty()) {
        throw std::runtime_error("there is no topic '" + printable(options.topic) + "'");
    }
    const Listing listing = newest(reader, topics, options.limit);
    if (options.is_json) {
        boost::json::array array;
        for (const DeadLetter& each : listing.dead_letters) {
            array.push_back(dead_letter_json(each, false));
        }
        print_json(array);
        return kOk;
    }
    if (listing.dead_letters.empty()) {
        std::cout << "no dead letters\n";
        return kOk;
    }
    std::cout << dead_letter_table(listing.dead_letters, std::chrono::system_clock::now()).text();
    if (static_cast<std::size_t>(listing.total) > listing.dead_letters.size()) {
        std::cerr << "the newest " << listing.dead_letters.size() << " of " << listing.total
                  << "; --limit N shows more\n";
    }
    return kOk;
}

int show(Session& session, const ShowOptions& options) {
    kafka::LogReader reader(session.settings().kafka);
    const DeadLetter found = find(reader, {parse_dead_letter_id(options.id)}).at(0);
    if (options.is_json) {
        print_json(dead_letter_json(found, true));
    } else {
        std::cout << dead_letter_report(found, std::chrono::system_clock::now());
    }
    return kOk;
}

void add_redrive(CommandTable& table, CLI::App& dlq, const std::string& app) {
    const auto options = std::make_shared<RedriveOptions>();
    CLI::App* command = table.add(
        dlq,
        "redrive",
        "Send dead letters back to the topics they came from, those of one key in their original "
        "order. They stay in the dead letter topic, and what was redriven is not remembered: "
        "redriving one twice sends it twice",
        app + " dlq redrive orders.dlq/0/17 --reason \"bug 42 is fixed\" --yes"
    );
    command->add_option("ids", options->ids, "IDs as `dlq list` prints them");
    command->add_option("--topic", options->topic, "All dead letters of this topic");
    command->add_option("--reason", options->reason, "Why; goes to the log")->required();
    command->add_flag("--dry-run", options->is_dry_run, "Show what would be sent, send nothing");
    command->add_flag("--yes", options->is_confirmed, "Do not ask");
    table.runs(command, [options](Session& session) { return redrive(session, *options); });
}

}  // namespace

void add_dlq_commands(CommandTable& table) {
    const std::string app = table.root().get_name();
    CLI::App* dlq = table.group("dlq", "Dead letters: records that a consumer gave up");

    const auto list_options = std::make_shared<ListOptions>();
    CLI::App* command = table.add(
        *dlq, "list", "List the newest dead letters", app + " dlq list --topic orders.dlq"
    );
    command->add_option("--topic", list_options->topic, "Only this dead letter topic");
    command->add_option("--limit", list_options->limit, "How many at most")
        ->capture_default_str()
        ->check(CLI::Range(std::size_t{1}, kLimitMax));
    command->add_flag("--json", list_options->is_json, "Print JSON");
    table.runs(command, [list_options](Session& session) { return list(session, *list_options); });

    const auto show_options = std::make_shared<ShowOptions>();
    command = table.add(
        *dlq,
        "show",
        "Show one dead letter: why, headers, payload",
        app + " dlq show orders.dlq/0/17"
    );
    command->add_option("id", show_options->id, "TOPIC/PARTITION/OFFSET")->required();
    command->add_flag("--json", show_options->is_json, "Print JSON");
    table.runs(command, [show_options](Session& session) { return show(session, *show_options); });

    add_redrive(table, *dlq, app);
}

}  // namespace carafe::cli
