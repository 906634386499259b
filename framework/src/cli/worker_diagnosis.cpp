#include "cli/worker_diagnosis.h"

#include <cmath>

#include "carafe/log.h"
#include "cli/text.h"

namespace carafe::cli {

namespace {

using std::chrono::milliseconds;

// The poll thread wakes at least every second.
constexpr milliseconds kPollSilenceMax{30'000};
// So long may a record wait in the outbox, and a partition stand still, before it is worth a word.
constexpr double kSlowSeconds = 5;
// What somebody can read.
constexpr std::size_t kMostProblems = 50;
constexpr std::size_t kLongestText = 700;

std::string shown(double seconds) {
    return std::to_string(std::llround(seconds)) + " s";
}

std::string shown(milliseconds time) {
    return shown(std::chrono::duration<double>(time).count());
}

std::string name_of(const processing::PartitionId& id) {
    return id.topic + "/" + std::to_string(id.partition);
}

std::string call_text(const processing::CallStatus& call) {
    const std::string what = call.hook.empty() ? "a handler" : "the hook " + call.hook;
    std::string text = what + " of group " + call.partition.group + " has been running on " +
                       name_of(call.partition) + " for " + shown(call.age);
    if (call.records > 0) {
        text += ": offset " + std::to_string(call.first_offset) + ", " +
                std::to_string(call.records) + (call.records == 1 ? " record" : " records") +
                ", key '" + call.key + "', attempt " + std::to_string(call.attempt);
    }
    return text;
}

Problem outbox_problem(const postgres::OutboxTopic& topic) {
    Problem problem;
    problem.is_red = false;
    if (topic.parked > 0) {
        problem.what = "the broker refuses records of topic " + topic.topic;
        problem.text = problem.what + ": " + topic.error + "; " + std::to_string(topic.parked) +
                       " wait in outbox_parked and are tried again every 30 s";
    } else {
        problem.what = "records of topic " + topic.topic + " stay in the outbox";
        problem.text = problem.what + ": " + std::to_string(topic.waiting) +
                       " wait, the oldest for " + shown(topic.oldest_seconds);
    }
    return problem;
}

Problem lock_problem(const postgres::LockHolder& holder) {
    Problem problem;
    problem.is_red = false;
    problem.what = "session " + std::to_string(holder.pid) +
                   " of the database holds locks that this worker waits for";
    problem.text = problem.what + ": " +
                   (holder.application.empty() ? "of unknown origin" : "of " + holder.application);
    if (!holder.state.empty()) {
        problem.text += ", " + holder.state;
    }
    if (holder.seconds) {
        problem.text += ", for " + shown(*holder.seconds);
    }
    return problem;
}

}  // namespace

std::optional<std::string> WorkerDiagnosis::stuck() const {
    for (const auto& [group, status] : sources_.status()) {
        if (status.since_poll > kPollSilenceMax) {
            return "the poll thread of group " + group + " has been silent for " +
                   shown(status.since_poll);
        }
        for (const processing::CallStatus& call : status.calls) {
            if (call.age > limits_.stuck_call) {
                return call_text(call);
            }
        }
    }
    return std::nullopt;
}

std::vector<Problem> WorkerDiagnosis::problems() const {
    std::vector<Problem> problems;
    add_groups(problems);
    add_kafka(problems);
    add_database(problems);
    add_partitions(problems);
    if (problems.size() > kMostProblems) {
        problems.resize(kMostProblems);
    }
    for (Problem& problem : problems) {
        problem.text = printable(problem.text, kLongestText);  // keys and errors are anything
    }
    return problems;
}

std::optional<std::string> WorkerDiagnosis::summary(bool red) const {
    std::optional<std::string> text;
    for (const Problem& problem : problems()) {
        if (problem.is_red == red) {
            text = text ? *text + "; " + problem.text : problem.text;
        }
    }
    return text;
}

std::vector<StuckPartitions::Stuck> WorkerDiagnosis::partitions() const {
    const std::lock_guard lock(mutex_);
    return partitions_.partitions();
}

void WorkerDiagnosis::add_groups(std::vector<Problem>& problems) const {
    for (const auto& [group, status] : sources_.status()) {
        if (!status.joined) {
            const std::string text = "group " + group + " has not been joined yet";
            problems.push_back({text, text, true, false});
        }
        for (const processing::Group::Lane& lane : status.lanes) {
            const processing::PartitionId id{group, lane.topic, lane.partition};
            if (lane.state == "halted" || lane.state == "degraded") {
                const bool is_halted = lane.state == "halted";
                const std::string what =
                    "group " + group + (is_halted ? " halted on " : " backs off on ") + name_of(id);
                problems.push_back({what, what + ": " + sources_.failure(id)});
            }
        }
        add_calls(problems, status);
    }
}

void WorkerDiagnosis::add_calls(
    std::vector<Problem>& problems, const processing::Group::Status& status
) const {
    for (const processing::CallStatus& call : status.calls) {
        if (call.age > limits_.slow_call) {
            const std::string what = "a handler of group " + call.partition.group +
                                     " does not come back from " + name_of(call.partition) +
                                     ", offset " + std::to_string(call.first_offset);
            problems.push_back({what, call_text(call), false});
        }
    }
}

void WorkerDiagnosis::add_kafka(std::vector<Problem>& problems) const {
    const auto report = sources_.cluster();
    if (report && !report->kafka_problem.empty()) {
        const bool is_away = report->topics.empty();
        const std::string what =
            is_away ? "Kafka does not answer" : "Kafka does not answer everything";
        problems.push_back({what, what + ": " + report->kafka_problem, is_away});
    }
}

void WorkerDiagnosis::add_database(std::vector<Problem>& problems) const {
    if (!sources_.database) {
        return;
    }
    const postgres::WorkerHeartbeat::Database database = sources_.database();
    if (!database.answers) {
        const std::string what = "the database does not answer";
        problems.push_back({what, what + ": " + database.error});
    }
    for (const postgres::LockHolder& holder : database.lock_holders) {
        problems.push_back(lock_problem(holder));
    }
    if (database.outbox) {
        for (const postgres::OutboxTopic& topic : database.outbox->topics) {
            if (topic.parked > 0 || topic.oldest_seconds > kSlowSeconds) {
                problems.push_back(outbox_problem(topic));
            }
        }
    }
}

void WorkerDiagnosis::add_partitions(std::vector<Problem>& problems) const {
    for (const StuckPartitions::Stuck& each : partitions()) {
        if (each.seconds > kSlowSeconds) {
            const std::string what =
                "group " + each.partition.group + " does not move on " + name_of(each.partition);
            problems.push_back(
                {what,
                 what + ": " + std::to_string(each.lag) + " records wait, the oldest for " +
                     shown(each.oldest_seconds) + "; " + each.member,
                 false}
            );
        }
    }
}

void WorkerDiagnosis::watch(const StuckPartitions::Delay& delay) {
    if (const auto report = sources_.cluster()) {
        const std::lock_guard lock(mutex_);
        partitions_.look(*report, delay);
    }
    constexpr std::chrono::seconds kEvery{1};
    if (Clock::now() >= next_report_) {
        next_report_ = Clock::now() + kEvery;
        report();
    }
}

void WorkerDiagnosis::report() {
    std::set<std::string> now;
    for (const Problem& problem : problems()) {
        if (problem.is_reported && now.insert(problem.what).second &&
            repeats_.tell(problem.what, Clock::now())) {
            log::warn("the worker is in trouble", {{"problem", problem.text}});
        }
    }
    for (const std::string& what : reported_) {
        if (now.count(what) == 0) {
            log::info("a trouble of the worker is over", {{"problem", what}});
        }
    }
    reported_ = std::move(now);
}

}  // namespace carafe::cli
