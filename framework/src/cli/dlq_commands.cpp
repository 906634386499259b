#include <boost/json.hpp>
#include <iostream>
#include <memory>

#include "cli/commands.h"
#include "cli/dead_letter_index.h"
#include "cli/dead_letter_output.h"
#include "cli/output.h"
#include "cli/redrive_commands.h"
#include "cli/topic_redrive.h"

namespace carafe::cli {

namespace {

constexpr std::size_t kLimitDefault = 50;
constexpr std::size_t kLimitMax = 10'000;
constexpr std::size_t kReasonMax = 1000;

struct ListOptions {
    std::string topic;
    std::string where;
    std::size_t limit = kLimitDefault;
    bool is_all = false;
    bool is_json = false;
};

void need_index(Session& session, const std::string& what) {
    if (!has_dead_letter_index(session)) {
        throw ConfigurationError(
            what +
            " needs the index of dead letters, which is kept in the database: set "
            "database.url in " +
            session.config_file()
        );
    }
}

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
    if (has_dead_letter_index(session)) {
        IndexListOptions indexed;
        indexed.query.topic = options.topic;
        indexed.query.where = options.where;
        indexed.query.limit = options.limit;
        indexed.query.with_handled = options.is_all;
        indexed.is_json = options.is_json;
        return list_indexed(session, indexed);
    }
    if (!options.where.empty()) {
        need_index(session, "--where");
    }
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
    if (has_dead_letter_index(session)) {
        return show_indexed(session, options.id, options.is_json);
    }
    kafka::LogReader reader(session.settings().kafka);
    const DeadLetter found = find(reader, {parse_dead_letter_id(options.id)}).at(0);
    if (options.is_json) {
        print_json(dead_letter_json(found, true));
    } else {
        std::cout << dead_letter_report(found, std::chrono::system_clock::now());
    }
    return kOk;
}

int start_redrive(Session& session, const RedriveOptions& options) {
    if (has_dead_letter_index(session)) {
        return redrive(session, options);
    }
    const bool is_plain = options.where.empty() && options.rate.empty() &&
                          options.patch_file.empty() && options.limit == 0 && !options.force;
    if (!is_plain || options.kind == postgres::RedriveKind::kDiscard) {
        need_index(session, "this");
    }
    return redrive_from_topic(
        session,
        {options.ids, options.topic, options.reason, options.is_dry_run, options.is_confirmed}
    );
}

void add_selection(Subcommand command, RedriveOptions& options) {
    command.option("ids", options.ids, "IDs as `dlq list` prints them");
    command.option("--topic", options.topic, "Only those of this dead letter topic");
    command.option("--where", options.where, "Those that meet a condition; see `dlq list -h`");
    command.option("--limit", options.limit, "The first N only").within(1, 1'000'000);
    command.option("--reason", options.reason, "Why; kept in the audit")
        .required()
        .checked([](const std::string& text) {
            return text.find_first_not_of(" \t") == std::string::npos ? "must not be empty"
                   : text.size() > kReasonMax                         ? "is too long"
                                                                      : "";
        });
    command.flag("--dry-run", options.is_dry_run, "Show what would be done, do nothing");
    command.flag("--yes", options.is_confirmed, "Do not ask");
    command.flag("--json", options.is_json, "Print JSON");
}

void add_redrive(CommandTable& table, Subcommand dlq, const std::string& app) {
    const auto options = std::make_shared<RedriveOptions>();
    Subcommand command = table.add(
        dlq,
        "redrive",
        "Send dead letters back to the topics they came from, those of one key in their original "
        "order. Only the group that gave them up handles them; on an exactly_once route each has "
        "its effects once, whatever dies meanwhile. What was redriven stays readable",
        app +
            " dlq redrive --where 'error_class = \"shop::UnknownOrder\" and age < 2h' --rate 100/s "
            "--reason \"bug 42 is fixed\""
    );
    add_selection(command, *options);
    command.option("--rate", options->rate, "At most so many: 100/s, 30/m");
    command.option(
        "--patch", options->patch_file, "Change each payload by this JSON patch (RFC 6902)"
    );
    command.flag("--force", options->force, "Also what was redriven more than 3 times");
    table.runs(command, [options](Session& session) { return start_redrive(session, *options); });
}

void add_discard(CommandTable& table, Subcommand dlq, const std::string& app) {
    const auto options = std::make_shared<RedriveOptions>();
    options->kind = postgres::RedriveKind::kDiscard;
    Subcommand command = table.add(
        dlq,
        "discard",
        "Give dead letters up for good: the application is told, in the same transaction. What was "
        "discarded stays readable",
        app + " dlq discard orders.dlq/0/17 --reason \"sent by a test\""
    );
    add_selection(command, *options);
    table.runs(command, [options](Session& session) { return start_redrive(session, *options); });
}

struct RedriveIdOptions {
    std::int64_t id = 0;
    std::string reason = "cancelled by hand";
    bool is_json = false;
};

void add_redrive_management(CommandTable& table, Subcommand dlq, const std::string& app) {
    const auto options = std::make_shared<RedriveIdOptions>();
    Subcommand command = table.add(
        dlq, "redrives", "List redrives and discards, or show one", app + " dlq redrives 12"
    );
    command.option("id", options->id, "Only this one");
    command.flag("--json", options->is_json, "Print JSON");
    table.runs(command, [options](Session& session) {
        need_index(session, "this");
        return list_redrives(
            session, options->id == 0 ? std::nullopt : std::optional(options->id), options->is_json
        );
    });
    command = table.add(
        dlq, "cancel", "Stop a redrive or discard; what is left waits", app + " dlq cancel 12"
    );
    command.option("id", options->id, "As `dlq redrives` shows it").required();
    command.option("--reason", options->reason, "Why; kept in the audit");
    table.runs(command, [options](Session& session) {
        need_index(session, "this");
        return cancel_redrive(session, options->id, options->reason);
    });
    command = table.add(
        dlq,
        "resume",
        "Go on with a redrive or discard that was interrupted or cancelled",
        app + " dlq resume 12"
    );
    command.option("id", options->id, "As `dlq redrives` shows it").required();
    table.runs(command, [options](Session& session) {
        need_index(session, "this");
        return resume_redrive(session, options->id);
    });
}

void add_list(CommandTable& table, Subcommand dlq, const std::string& app) {
    const auto options = std::make_shared<ListOptions>();
    Subcommand command = table.add(
        dlq,
        "list",
        "List the newest dead letters that wait. A condition compares fields of text (id topic key "
        "state source_topic consumer_group error_class error_message fingerprint payload "
        "header.NAME), numbers (partition offset source_partition source_offset attempts "
        "redrives), age, died_at and produced_at by = != < <= > >= in contains, and joins with and "
        "or not ( )",
        app + " dlq list --where 'error_class = \"X\" and source_partition in (0, 2) and age > 1h'"
    );
    command.option("--topic", options->topic, "Only this dead letter topic");
    command.option("--where", options->where, "Only those that meet a condition");
    command.option("--limit", options->limit, "How many at most")
        .shows_default()
        .within(1, kLimitMax);
    command.flag("--all", options->is_all, "Also what was redriven or discarded");
    command.flag("--json", options->is_json, "Print JSON");
    table.runs(command, [options](Session& session) { return list(session, *options); });
}

void add_stats(CommandTable& table, Subcommand dlq, const std::string& app) {
    const auto options = std::make_shared<ListOptions>();
    Subcommand command = table.add(
        dlq,
        "stats",
        "Count dead letters by cause (fingerprint), with first, last and an example",
        app + " dlq stats --topic orders.dlq"
    );
    command.option("--topic", options->topic, "Only this dead letter topic");
    command.flag("--json", options->is_json, "Print JSON");
    table.runs(command, [options](Session& session) {
        need_index(session, "this");
        return show_stats(session, options->topic, options->is_json);
    });
}

void add_show(CommandTable& table, Subcommand dlq, const std::string& app) {
    const auto options = std::make_shared<ShowOptions>();
    Subcommand command = table.add(
        dlq,
        "show",
        "Show one dead letter: why, headers, payload",
        app + " dlq show orders.dlq/0/17"
    );
    command.option("id", options->id, "TOPIC/PARTITION/OFFSET").required();
    command.flag("--json", options->is_json, "Print JSON");
    table.runs(command, [options](Session& session) { return show(session, *options); });
}

}  // namespace

void add_dlq_commands(CommandTable& table) {
    const std::string app = table.root().name();
    Subcommand dlq = table.group("dlq", "Dead letters: records that a consumer gave up");
    add_list(table, dlq, app);
    add_stats(table, dlq, app);
    add_show(table, dlq, app);
    add_redrive(table, dlq, app);
    add_discard(table, dlq, app);
    add_redrive_management(table, dlq, app);
}

}  // namespace carafe::cli
