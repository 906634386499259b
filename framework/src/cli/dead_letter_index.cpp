#include "cli/dead_letter_index.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <iostream>

#include "cli/commands.h"
#include "cli/dead_letter_output.h"
#include "cli/output.h"

namespace carafe::cli {

namespace {

using std::chrono::system_clock;

// A command may wait longer than a request, and look at more rows.
DatabaseSettings patient(DatabaseSettings settings) {
    settings.pool_size = 2;
    settings.pool_timeout = std::chrono::seconds(5);
    settings.statement_timeout = std::chrono::seconds(60);
    settings.lock_timeout = std::chrono::seconds(30);
    return settings;
}

constexpr std::size_t kErrorWidth = 100;

boost::json::object indexed_json(const postgres::IndexedDeadLetter& each, bool with_contents) {
    boost::json::object object = dead_letter_json(each.letter, with_contents);
    object["state"] = each.state;
    object["redrive_id"] = each.redrive_id ? boost::json::value(*each.redrive_id) : nullptr;
    object["handled_at"] =
        each.handled_at ? boost::json::value(rfc3339(*each.handled_at)) : nullptr;
    object["payload_size"] = each.payload_size;
    return object;
}

std::string handled_by(const postgres::IndexedDeadLetter& found) {
    std::string text = found.state;
    if (found.redrive_id) {
        text += " by " + std::to_string(*found.redrive_id);
    }
    if (found.handled_at) {
        text += " at " + rfc3339(*found.handled_at);
    }
    return text;
}

}  // namespace

bool has_dead_letter_index(Session& session) {
    return !session.settings().database.url.empty();
}

DeadLetterIndex::DeadLetterIndex(Session& session)
    : pool_(patient(session.settings().database), session.app().name + " dlq"),
      dead_letters_(pool_),
      redrives_(pool_, session.app().on_discard) {
    try {
        postgres::index_up_to_now(
            pool_, session.settings().kafka, dead_letter_topics(session.settings())
        );
    } catch (const pqxx::undefined_table&) {
        throw ConfigurationError(
            "the database has no index of dead letters yet: run " + session.app().name +
            " db migrate"
        );
    }
}

std::string operator_name() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    std::array<char, 1024> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found);
    const std::string user = found != nullptr ? found->pw_name : std::to_string(getuid());
    return user + "@" + host.data();
}

int list_indexed(Session& session, const IndexListOptions& options) {
    const DeadLetterIndex index(session);
    const auto found = index.dead_letters().list(options.query);
    if (options.is_json) {
        boost::json::array array;
        for (const auto& each : found) {
            array.push_back(indexed_json(each, false));
        }
        print_json(array);
        return kOk;
    }
    if (found.empty()) {
        std::cout << "no dead letters\n";
        return kOk;
    }
    std::vector<DeadLetter> letters;
    letters.reserve(found.size());
    for (const auto& each : found) {
        letters.push_back(each.letter);
    }
    std::cout << dead_letter_table(letters, system_clock::now()).text();
    const std::int64_t total = index.dead_letters().count(options.query);
    if (static_cast<std::size_t>(total) > found.size()) {
        std::cerr << "the newest " << found.size() << " of " << total << "; --limit N shows more\n";
    }
    return kOk;
}

int show_indexed(Session& session, const std::string& id, bool is_json) {
    const DeadLetterId wanted = parse_dead_letter_id(id);
    const DeadLetterIndex index(session);
    const auto found = index.dead_letters().find(wanted);
    if (!found) {
        throw std::runtime_error(
            "no dead letter '" + printable(id) + "': `" + session.app().name +
            " dlq list` shows those there are"
        );
    }
    if (is_json) {
        print_json(indexed_json(*found, true));
    } else {
        std::cout << "state        " << handled_by(*found) << '\n'
                  << dead_letter_report(found->letter, system_clock::now());
    }
    return kOk;
}

int show_stats(Session& session, const std::string& topic, bool is_json) {
    const DeadLetterIndex index(session);
    const auto causes = index.dead_letters().stats(topic);
    if (is_json) {
        boost::json::array array;
        for (const auto& cause : causes) {
            array.push_back(boost::json::object{
                {"fingerprint", cause.fingerprint},
                {"topic", cause.topic},
                {"source_topic", cause.source_topic},
                {"consumer_group", cause.consumer_group},
                {"error_class", cause.error_class},
                {"error_message", cause.error_message},
                {"count", cause.count},
                {"handled", cause.handled},
                {"first_at", rfc3339(cause.first)},
                {"last_at", rfc3339(cause.last)},
                {"example", cause.example.text()}});
        }
        print_json(array);
        return kOk;
    }
    if (causes.empty()) {
        std::cout << "no dead letters\n";
        return kOk;
    }
    Table table({"FINGERPRINT", "WAITING", "HANDLED", "FIRST", "LAST", "EXAMPLE", "ERROR"});
    const auto now = system_clock::now();
    for (const auto& cause : causes) {
        table.add(
            {cause.fingerprint.empty() ? "(foreign)" : printable(cause.fingerprint),
             std::to_string(cause.count),
             std::to_string(cause.handled),
             age(now - cause.first) + " ago",
             age(now - cause.last) + " ago",
             printable(cause.example.text()),
             printable(cause.error_class + ": " + cause.error_message, kErrorWidth)}
        );
    }
    std::cout << table.text();
    return kOk;
}

}  // namespace carafe::cli
