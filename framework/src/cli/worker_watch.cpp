// What a worker process tells of itself: health, metrics, troubles; its life is worker_process.cpp.
#include "carafe/log.h"
#include "cli/worker_process.h"
#include "config/topic_pattern.h"

namespace carafe::cli {

namespace {

using std::chrono::milliseconds;

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text;
}

}  // namespace

void WorkerProcess::log_status() const {
    for (const auto& [group, status] : worker_->status()) {
        log::info(
            "group status",
            {{"group", group},
             {"joined", status.joined ? "yes" : "no"},
             {"partitions", std::to_string(status.assigned)},
             {"degraded", joined(status.degraded)},
             {"halted", joined(status.halted)},
             {"longest_call_ms", std::to_string(status.longest_call.count())},
             {"longest_call_partition", status.longest_call_partition}}
        );
        for (const processing::CallStatus& call : status.calls) {
            log::info(
                "call under way",
                {{"group", group},
                 {"topic", call.partition.topic},
                 {"partition", std::to_string(call.partition.partition)},
                 {"offset", std::to_string(call.first_offset)},
                 {"records", std::to_string(call.records)},
                 {"hook", call.hook},
                 {"key", call.key},
                 {"attempt", std::to_string(call.attempt)},
                 {"age_ms", std::to_string(call.age.count())}}
            );
        }
    }
}

void WorkerProcess::make_diagnosis() {
    WorkerDiagnosis::Sources sources;
    sources.status = [this] { return worker_->status(); };
    sources.cluster = [this] { return cluster_.latest(); };
    if (heartbeat_) {
        sources.database = [this] { return heartbeat_->database(); };
    }
    sources.failure = [this](const processing::PartitionId& id) { return failures_.of(id); };
    diagnosis_ = std::make_unique<WorkerDiagnosis>(
        std::move(sources),
        WorkerDiagnosis::Limits{settings_.worker.slow_call, settings_.worker.stuck_call}
    );
}

std::vector<std::string> WorkerProcess::texts_of_problems() const {
    std::vector<std::string> texts;
    for (const Problem& problem : diagnosis_->problems()) {
        texts.push_back(problem.text);
    }
    return texts;
}

void WorkerProcess::register_gauges() {
    WorkerMetrics::Sources sources;
    sources.status = [this] { return worker_->status(); };
    sources.cluster = [this] { return cluster_.latest(); };
    if (heartbeat_) {
        sources.database = [this] { return heartbeat_->database(); };
    }
    sources.partitions = [this] { return diagnosis_->partitions(); };
    gauges_ = std::make_unique<WorkerMetrics>(metrics_, std::move(sources));
}

void WorkerProcess::register_checks() {
    health_.liveness("engine", [this] { return is_started_ ? diagnosis_->stuck() : std::nullopt; });
    health_.readiness("engine", [this] {
        return is_stopping_ ? std::optional<std::string>("stopping") : diagnosis_->summary(true);
    });
    health_.warning("engine", [this] { return diagnosis_->summary(false); });
}

void WorkerProcess::tidy() {
    worker_->let_go();
    diagnosis_->watch([this](const processing::PartitionId& id) { return delay_of(id); });
}

// How long records of the partition wait on purpose; empty: they are paused.
std::optional<milliseconds> WorkerProcess::delay_of(const processing::PartitionId& id) const {
    if (holds_.is_held(id)) {
        return std::nullopt;
    }
    for (const routing::Route& route : routes_) {
        if (route.group == id.group &&
            config::TopicPattern(route.settings.topic).matches(id.topic)) {
            return route.settings.pause ? std::nullopt : std::optional(route.settings.delay);
        }
    }
    return milliseconds(0);
}

}  // namespace carafe::cli
