#include "cli/redrive_commands.h"

#include <boost/json.hpp>
#include <charconv>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <sstream>
#include <thread>

#include "cli/commands.h"
#include "cli/dead_letter_index.h"
#include "cli/dead_letter_output.h"
#include "cli/output.h"
#include "config/text.h"
#include "kafka/log_reader.h"
#include "postgres/dead_letters/redrive_pace.h"

namespace carafe::cli {

namespace {

using postgres::Redrive;
using postgres::RedriveKind;
using postgres::RedrivePreview;
using postgres::RedriveRequest;

constexpr std::size_t kShownMax = 20;
constexpr std::size_t kListedMax = 100;
constexpr std::size_t kPatchBytesMax = 1024UL * 1024;

bool discards(const RedriveRequest& request) {
    return request.kind == RedriveKind::kDiscard;
}

std::string read_patch(const std::string& file) {
    if (file.empty()) {
        return "";
    }
    std::ifstream stream;
    if (file != "-") {
        stream.open(file, std::ios::binary);
    }
    std::istream& from = file == "-" ? std::cin : stream;
    std::string text(kPatchBytesMax + 1, '\0');
    from.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(from.gcount()));
    if (text.empty() || text.size() > kPatchBytesMax) {
        throw ConfigurationError(
            config::quote(file) +
            (text.empty() ? ": cannot be read, or is empty" : ": a patch is at most 1 MiB")
        );
    }
    return text;
}

RedriveRequest request_of(const RedriveOptions& options) {
    RedriveRequest request;
    request.kind = options.kind;
    for (const std::string& id : options.ids) {
        request.selection.ids.push_back(parse_dead_letter_id(id));
    }
    request.selection.topic = options.topic;
    request.selection.where = options.where;
    request.selection.force = options.force;
    if (options.limit > 0) {
        request.selection.limit = options.limit;
    }
    const bool by_condition = !options.where.empty() || !options.topic.empty();
    if (options.ids.empty() != by_condition) {
        throw ConfigurationError(
            "say which: IDs as `dlq list` prints them, or --where EXPRESSION, or --topic TOPIC for "
            "all of one topic"
        );
    }
    request.patch = read_patch(options.patch_file);
    if (!options.rate.empty()) {
        request.rate = parse_rate(options.rate);
    }
    request.actor = operator_name();
    request.reason = options.reason;
    return request;
}

std::string summary(const RedriveRequest& request, const RedrivePreview& preview) {
    const std::size_t count = preview.items.size();
    std::string text = std::to_string(count) + (count == 1 ? " dead letter" : " dead letters");
    if (discards(request)) {
        return text;
    }
    std::map<std::string, std::size_t> targets;
    for (const auto& item : preview.items) {
        ++targets[item.source_topic];
    }
    const char* separator = " to ";
    for (const auto& [topic, target_count] : targets) {
        text += separator + printable(topic) +
                (targets.size() > 1 ? " (" + std::to_string(target_count) + ")" : "");
        separator = ", ";
    }
    return text;
}

void tell_left_out(const RedrivePreview& preview) {
    if (preview.foreign > 0) {
        std::cerr << preview.foreign << " foreign records without dlq_source_topic are left out\n";
    }
    if (preview.parked > 0) {
        std::cerr << preview.parked << " were redriven more than " << postgres::kRedrivesMax
                  << " times already and are left out; --force takes them, too\n";
    }
    if (preview.refused > 0) {
        std::cerr << "the patch does not fit " << preview.refused
                  << " of them, which would stay where they are\n";
    }
}

void check_targets(Session& session, const RedriveRequest& request, const RedrivePreview& preview) {
    if (discards(request) || preview.items.empty()) {
        return;
    }
    const kafka::LogReader reader(session.settings().kafka);
    std::set<std::string> checked;
    for (const auto& item : preview.items) {
        if (checked.insert(item.source_topic).second && reader.ranges(item.source_topic).empty()) {
            throw std::runtime_error(
                config::quote(item.id.text()) + " came from " + config::quote(item.source_topic) +
                ", which does not exist any more"
            );
        }
    }
}

boost::json::object preview_json(const RedriveRequest& request, const RedrivePreview& preview) {
    boost::json::array items;
    for (const auto& item : preview.items) {
        boost::json::object object{
            {"id", item.id.text()},
            {"source_topic", item.source_topic},
            {"source_partition", item.source_partition},
            {"source_offset", item.source_offset},
            {"error_class", item.error_class}};
        if (!item.problem.empty()) {
            object["problem"] = item.problem;
        }
        items.push_back(std::move(object));
    }
    return {
        {"kind", discards(request) ? "discard" : "redrive"},
        {"dry_run", true},
        {"total", preview.items.size()},
        {"foreign", preview.foreign},
        {"parked", preview.parked},
        {"refused", preview.refused},
        {"items", std::move(items)}};
}

void show_preview(const RedriveRequest& request, const RedrivePreview& preview) {
    Table table({"ID", "SOURCE", "ERROR"});
    for (const auto& item : preview.items) {
        table.add(
            {printable(item.id.text()),
             printable(item.source_topic) + "/" + std::to_string(item.source_partition) + "/" +
                 std::to_string(item.source_offset),
             item.problem.empty() ? printable(item.error_class)
                                  : "patch does not fit: " + printable(item.problem)}
        );
    }
    std::cout << table.text() << "would " << (discards(request) ? "discard " : "redrive ")
              << summary(request, preview) << '\n';
}

boost::json::object redrive_json(const Redrive& redrive) {
    const auto optional_time = [](const auto& time) {
        return time ? boost::json::value(rfc3339(*time)) : boost::json::value(nullptr);
    };
    return {
        {"id", redrive.id},
        {"kind", redrive.kind == RedriveKind::kDiscard ? "discard" : "redrive"},
        {"state", redrive.state},
        {"actor", redrive.actor},
        {"reason", redrive.reason},
        {"selection", boost::json::parse(redrive.selection)},
        {"rate", redrive.rate ? boost::json::value(*redrive.rate) : nullptr},
        {"total", redrive.total},
        {"done", redrive.done},
        {"refused", redrive.refused},
        {"error",
         redrive.error.empty() ? boost::json::value(nullptr) : boost::json::value(redrive.error)},
        {"created_at", rfc3339(redrive.created_at)},
        {"updated_at", rfc3339(redrive.updated_at)},
        {"finished_at", optional_time(redrive.finished_at)}};
}

// Until it is done, cancelled by somebody, or this process dies; `resume` goes on after that.
Redrive work(DeadLetterIndex& index, Redrive redrive) {
    const postgres::RedrivePace pace(redrive.rate);
    const ProgressBar progress(static_cast<std::size_t>(redrive.total));
    while (redrive.state == "running") {
        std::this_thread::sleep_for(pace.pause());
        redrive = index.redrives().step(redrive.id, pace.size());
        progress.show(static_cast<std::size_t>(redrive.done));
    }
    return redrive;
}

int report(const Redrive& redrive, bool is_json) {
    const bool is_discard = redrive.kind == RedriveKind::kDiscard;
    if (is_json) {
        print_json(redrive_json(redrive));
    } else {
        std::cout << (is_discard ? "discard " : "redrive ") << redrive.id << ' ' << redrive.state
                  << ": " << redrive.done - redrive.refused << " of " << redrive.total
                  << (is_discard ? " discarded" : " sent");
        if (redrive.refused > 0) {
            std::cout << ", " << redrive.refused << " refused (they stay where they are)";
        }
        std::cout << '\n';
        if (!is_discard && redrive.done > redrive.refused) {
            std::cerr << "they are in the outbox; a running worker or web publishes them\n";
        }
    }
    return redrive.state == "completed" && redrive.refused == 0 ? kOk : kFailed;
}

int run(Session& session, DeadLetterIndex& index, std::int64_t id, bool is_json) {
    index.redrives().prepare(id);
    const auto prepared = index.redrives().find(id);
    if (!is_json) {
        std::cerr << (prepared->kind == RedriveKind::kDiscard ? "discard " : "redrive ") << id
                  << ": " << prepared->total << " dead letters; if this is interrupted, `"
                  << session.app().name << " dlq resume " << id << "` goes on\n";
    }
    return report(work(index, *prepared), is_json);
}

}  // namespace

double parse_rate(const std::string& text) {
    double rate = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, rate);
    const std::string_view unit(end, static_cast<std::size_t>(last - end));
    constexpr double kMost = 1'000'000;
    constexpr double kSecondsPerMinute = 60;
    if (unit == "/m") {
        rate /= kSecondsPerMinute;
    }
    if (error != std::errc() || !(rate > 0) || rate > kMost ||
        !(unit.empty() || unit == "/s" || unit == "/m")) {
        throw ConfigurationError(
            "--rate " + config::quote(text) + " is no rate: write 100/s, or 30/m"
        );
    }
    return rate;
}

int redrive(Session& session, const RedriveOptions& options) {
    const RedriveRequest request = request_of(options);
    DeadLetterIndex index(session);
    const RedrivePreview preview = index.redrives().preview(request);
    check_targets(session, request, preview);
    tell_left_out(preview);
    if (options.is_dry_run) {
        if (options.is_json) {
            print_json(preview_json(request, preview));
        } else {
            show_preview(request, preview);
        }
        return kOk;
    }
    if (preview.items.empty()) {
        std::cout << "nothing to " << (discards(request) ? "discard\n" : "redrive\n");
        return kOk;
    }
    const std::string question =
        (discards(request) ? "Discard " : "Redrive ") + summary(request, preview) + "?";
    if (!options.is_confirmed && !confirmed(question)) {
        std::cerr << "nothing was changed\n";
        return kFailed;
    }
    return run(session, index, index.redrives().create(request), options.is_json);
}

int list_redrives(Session& session, std::optional<std::int64_t> id, bool is_json) {
    DeadLetterIndex index(session);
    std::vector<Redrive> found;
    if (!id) {
        found = index.redrives().list(kListedMax);
    } else if (const auto one = index.redrives().find(*id)) {
        found.push_back(*one);
    } else {
        throw std::runtime_error("there is no redrive " + std::to_string(*id));
    }
    if (is_json) {
        boost::json::array array;
        for (const Redrive& each : found) {
            array.push_back(redrive_json(each));
        }
        print_json(array);
        return kOk;
    }
    Table table({"ID", "KIND", "STATE", "DONE", "REFUSED", "AGE", "WHO", "REASON"});
    const auto now = std::chrono::system_clock::now();
    for (const Redrive& each : found) {
        table.add(
            {std::to_string(each.id),
             each.kind == RedriveKind::kDiscard ? "discard" : "redrive",
             each.state + (each.error.empty() ? "" : ": " + printable(each.error)),
             std::to_string(each.done) + "/" + std::to_string(each.total),
             std::to_string(each.refused),
             age(now - each.created_at),
             printable(each.actor),
             printable(each.reason, kShownMax * 3)}
        );
    }
    std::cout << (table.empty() ? "no redrives\n" : table.text());
    return kOk;
}

int cancel_redrive(Session& session, std::int64_t id, const std::string& reason) {
    DeadLetterIndex index(session);
    const Redrive redrive = index.redrives().cancel(id, operator_name(), reason);
    std::cout << "cancelled after " << redrive.done << " of " << redrive.total
              << "; the others wait, and `" << session.app().name << " dlq resume " << id
              << "` would take them up again\n";
    return kOk;
}

int resume_redrive(Session& session, std::int64_t id) {
    DeadLetterIndex index(session);
    index.redrives().resume(id, operator_name(), postgres::RedriveRunner::kCommand);
    return run(session, index, id, false);
}

}  // namespace carafe::cli
