#include <boost/json.hpp>
#include <cstdio>
#include <iostream>
#include <memory>

#include "carafe/trace.h"
#include "cli/commands.h"
#include "cli/dead_letter_output.h"
#include "cli/output.h"
#include "cli/text.h"

namespace carafe::cli {

namespace {

using std::chrono::system_clock;

struct Options {
    std::string key;
    bool is_json = false;
};

constexpr auto kDefaultSpan = std::chrono::hours(24);

boost::json::value nullable_time(const std::optional<system_clock::time_point>& time) {
    return time ? boost::json::value(rfc3339(*time)) : boost::json::value(nullptr);
}

boost::json::object hop_json(const TraceHop& hop) {
    boost::json::array readers;
    for (const TraceHop::Reader& reader : hop.readers) {
        readers.push_back(boost::json::object{
            {"group", reader.group},
            {"handled",
             reader.handled ? boost::json::value(*reader.handled) : boost::json::value(nullptr)}});
    }
    return {
        {"topic", hop.topic},
        {"type", hop.type},
        {"event_id", hop.event_id},
        {"trace_id", hop.trace_id},
        {"made_at", nullable_time(hop.made)},
        {"published_at", nullable_time(hop.published)},
        {"partition", hop.partition ? boost::json::value(*hop.partition) : nullptr},
        {"offset", hop.offset ? boost::json::value(*hop.offset) : nullptr},
        {"readers", std::move(readers)},
        {"note", hop.note}};
}

std::string after(
    const std::optional<system_clock::time_point>& time, system_clock::time_point start
) {
    if (!time) {
        return "-";
    }
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(*time - start).count();
    return (milliseconds < 0 ? "" : "+") + std::to_string(milliseconds) + " ms";
}

std::string readers_of(const TraceHop& hop) {
    std::string text;
    for (const TraceHop::Reader& reader : hop.readers) {
        text += (text.empty() ? "" : ", ") + reader.group +
                (!reader.handled   ? " ?"
                 : *reader.handled ? " has handled it"
                                   : " has not yet");
    }
    if (!hop.note.empty()) {
        text += (text.empty() ? "" : "; ") + hop.note;
    }
    return text;
}

int trace(Session& session, const Options& options) {
    const auto now = system_clock::now();
    const auto born = time_of_uuid(options.key);
    const Trace trace = trace_key(
        session.settings(),
        options.key,
        born && *born < now ? *born - std::chrono::seconds(5) : now - kDefaultSpan
    );
    for (const std::string& problem : trace.problems) {
        std::cerr << "not known: " << printable(problem) << '\n';
    }
    if (options.is_json) {
        boost::json::array hops;
        for (const TraceHop& hop : trace.hops) {
            hops.push_back(hop_json(hop));
        }
        print_json(hops);
    } else if (!trace.hops.empty()) {
        const TraceHop& first = trace.hops.front();
        const auto start = first.made.value_or(first.published.value_or(now));
        std::cout << "from " << rfc3339(start) << '\n';
        Table table({"MADE", "IN KAFKA", "TOPIC", "TYPE", "TRACE", "THEN"});
        for (const TraceHop& hop : trace.hops) {
            const std::string place = hop.offset ? "/" + std::to_string(*hop.partition) + "/" +
                                                       std::to_string(*hop.offset)
                                                 : "";
            table.add(
                {after(hop.made, start),
                 after(hop.published, start),
                 printable(hop.topic) + place,
                 printable(hop.type),
                 printable(hop.trace_id.substr(0, 8)),
                 printable(readers_of(hop))}
            );
        }
        std::cout << table.text();
    }
    if (trace.hops.empty()) {
        std::cerr << "nothing carries the key '" << printable(options.key) << "'\n";
    }
    return trace.hops.empty() || !trace.problems.empty() ? kFailed : kOk;
}

}  // namespace

void add_trace_command(CommandTable& table) {
    const auto options = std::make_shared<Options>();
    Subcommand command = table.add(
        table.root(),
        "trace",
        "Follow what happened to one key (an order's id): every command and event that carries it, "
        "when it was made, when it reached Kafka, and who has handled it",
        table.root().name() + " trace 01930000-0000-7000-8000-0000000000a1"
    );
    command.option("key", options->key, "The key, as an order's id").required();
    command.flag("--json", options->is_json, "Print JSON");
    table.runs(command, [options](Session& session) { return trace(session, *options); });
}

}  // namespace carafe::cli
