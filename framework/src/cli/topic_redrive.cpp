#include "cli/topic_redrive.h"

#include <algorithm>
#include <iostream>
#include <map>

#include "carafe/errors.h"
#include "carafe/log.h"
#include "cli/commands.h"
#include "cli/dead_letter_output.h"
#include "cli/output.h"
#include "config/text.h"

namespace carafe::cli {

namespace {

constexpr std::size_t kBatch = 100;
constexpr auto kBatchTimeout = std::chrono::seconds(30);
constexpr std::size_t kNamedMax = 20;

std::vector<DeadLetter> selection(kafka::LogReader& reader, const TopicRedriveOptions& options) {
    if (options.ids.empty() == options.topic.empty()) {
        throw ConfigurationError(
            "say which: IDs as `dlq list` prints them, or --topic TOPIC for all of one topic"
        );
    }
    if (!options.topic.empty()) {
        return all_of(reader, options.topic);
    }
    std::vector<DeadLetterId> ids;
    for (const std::string& id : options.ids) {
        ids.push_back(parse_dead_letter_id(id));
    }
    return find(reader, ids);
}

// A foreign record does not say where it came from. Named by its ID that is an error; among all of
// a topic it is passed over.
void drop_foreign(std::vector<DeadLetter>& dead_letters, bool is_named) {
    const auto foreign =
        std::stable_partition(dead_letters.begin(), dead_letters.end(), [](const DeadLetter& each) {
            return each.origin.has_value();
        });
    const auto count = dead_letters.end() - foreign;
    if (count > 0 && is_named) {
        throw std::runtime_error(
            config::quote(foreign->id.text()) +
            " cannot be redriven: it has no dlq_source_topic header, so it was not written by the "
            "framework"
        );
    }
    if (count > 0) {
        std::cerr << count << " foreign records without dlq_source_topic are left out\n";
    }
    dead_letters.erase(foreign, dead_letters.end());
}

std::string summary(const std::vector<DeadLetter>& dead_letters) {
    std::map<std::string, std::size_t> counts;
    for (const DeadLetter& each : dead_letters) {
        ++counts[each.origin->topic];
    }
    std::string text = std::to_string(dead_letters.size()) +
                       (dead_letters.size() == 1 ? " dead letter to " : " dead letters to ");
    const char* separator = "";
    for (const auto& [topic, count] : counts) {
        text += separator + printable(topic) +
                (counts.size() > 1 ? " (" + std::to_string(count) + ")" : "");
        separator = ", ";
    }
    return text;
}

void check_targets(kafka::LogReader& reader, const std::vector<DeadLetter>& dead_letters) {
    std::string last;
    for (const DeadLetter& each : dead_letters) {  // sorted by topic
        if (each.origin->topic != last && reader.ranges(each.origin->topic).empty()) {
            throw std::runtime_error(
                config::quote(each.id.text()) + " came from " + config::quote(each.origin->topic) +
                ", which does not exist any more"
            );
        }
        last = each.origin->topic;
    }
}

int report_failure(
    const std::vector<const DeadLetter*>& failed, const std::string& error, std::size_t sent
) {
    std::cerr << "redriven " << sent << ", then not acknowledged: " << printable(error)
              << "\nnot redriven, or in doubt when the broker was away:\n";
    for (std::size_t i = 0; i < failed.size() && i < kNamedMax; ++i) {
        std::cerr << "  " << printable(failed[i]->id.text()) << '\n';
    }
    if (failed.size() > kNamedMax) {
        std::cerr << "  and " << failed.size() - kNamedMax << " more\n";
    }
    return kFailed;
}

int send(Session& session, const std::vector<DeadLetter>& dead_letters) {
    const auto producer = make_producer(session.settings().kafka);
    const ProgressBar progress(dead_letters.size());
    std::size_t sent = 0;
    for (std::size_t start = 0; start < dead_letters.size(); start += kBatch) {
        const std::size_t end = std::min(start + kBatch, dead_letters.size());
        std::vector<Record> records;
        for (std::size_t i = start; i < end; ++i) {
            records.push_back(redriven(dead_letters[i]));
        }
        const std::vector<DeliveryReport> reports = producer->produce(records, kBatchTimeout);
        std::vector<const DeadLetter*> failed;
        std::string error;
        for (std::size_t i = 0; i < reports.size(); ++i) {
            if (reports[i].error.empty()) {
                ++sent;
            } else {
                error = error.empty() ? reports[i].error : error;
                failed.push_back(&dead_letters[start + i]);
            }
        }
        if (!failed.empty()) {
            for (std::size_t i = end; i < dead_letters.size(); ++i) {
                failed.push_back(&dead_letters[i]);
            }
            return report_failure(failed, error, sent);
        }
        progress.show(sent);
    }
    return kOk;
}

}  // namespace

int redrive_from_topic(Session& session, const TopicRedriveOptions& options) {
    kafka::LogReader reader(session.settings().kafka);
    std::vector<DeadLetter> dead_letters = selection(reader, options);
    drop_foreign(dead_letters, !options.ids.empty());
    if (dead_letters.empty()) {
        std::cout << "nothing to redrive\n";
        return kOk;
    }
    sort_for_redrive(dead_letters);
    check_targets(reader, dead_letters);
    const std::string what = summary(dead_letters);
    if (options.is_dry_run) {
        std::cout << dead_letter_table(dead_letters, std::chrono::system_clock::now()).text()
                  << "would redrive " << what << '\n';
        return kOk;
    }
    if (!options.is_confirmed && !confirmed("Redrive " + what + "?")) {
        std::cerr << "nothing was redriven\n";
        return kFailed;
    }
    log::info(
        "redriving dead letters",
        {{"count", std::to_string(dead_letters.size())}, {"reason", options.reason}}
    );
    const int code = send(session, dead_letters);
    if (code == kOk) {
        std::cout << "redriven " << what << '\n';
    }
    return code;
}

}  // namespace carafe::cli
