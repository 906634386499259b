#include "processing/log_listener.h"

#include "carafe/log.h"

namespace carafe::processing {

namespace {

std::string_view name_of(FailureKind kind) {
    switch (kind) {
        case FailureKind::kPermanent:
            return "permanent";
        case FailureKind::kUndecodable:
            return "undecodable";
        case FailureKind::kContention:
            return "contention";
        case FailureKind::kOverdue:
            return "overdue";
        case FailureKind::kSystemic:
            return "systemic";
        case FailureKind::kFenced:
            return "fenced";
    }
    return "unknown";
}

using Clock = std::chrono::steady_clock;

std::string text_of(std::int64_t number) {
    return std::to_string(number);
}

}  // namespace

void LogListener::on_assigned(const PartitionId& id, std::int64_t offset) {
    log::info(
        "partition assigned",
        {{"group", id.group},
         {"topic", id.topic},
         {"partition", text_of(id.partition)},
         {"offset", text_of(offset)}}
    );
}

void LogListener::on_revoked(const PartitionId& id, bool lost) {
    log::info(
        "partition revoked",
        {{"group", id.group},
         {"topic", id.topic},
         {"partition", text_of(id.partition)},
         {"lost", lost ? "true" : "false"}}
    );
}

void LogListener::on_rerouted(const PartitionId& id, std::int64_t offset) {
    log::info(
        "partition goes on by its changed route",
        {{"group", id.group},
         {"topic", id.topic},
         {"partition", text_of(id.partition)},
         {"offset", text_of(offset)}}
    );
}

void LogListener::on_claimed(const PartitionId& id, std::int64_t offset) {
    log::debug(
        "partition claimed",
        {{"group", id.group},
         {"topic", id.topic},
         {"partition", text_of(id.partition)},
         {"offset", text_of(offset)}}
    );
}

void LogListener::on_processed(
    const PartitionId& id, const Offsets& offsets, std::chrono::nanoseconds handler
) {
    if (!log::enabled(log::Level::kDebug)) {
        return;  // the hot path builds no strings
    }
    log::debug(
        "batch processed",
        {{"group", id.group},
         {"topic", id.topic},
         {"partition", text_of(id.partition)},
         {"first_offset", text_of(offsets.first)},
         {"last_offset", text_of(offsets.last)},
         {"records", std::to_string(offsets.count)},
         {"microseconds", text_of(handler.count() / 1000)}}
    );
}

void LogListener::on_failed(
    const PartitionId& id, const Offsets& offsets, int attempt, const Failure& failure
) {
    log::warn(
        "processing failed",
        {{"group", id.group},
         {"topic", id.topic},
         {"partition", text_of(id.partition)},
         {"first_offset", text_of(offsets.first)},
         {"last_offset", text_of(offsets.last)},
         {"attempt", std::to_string(attempt)},
         {"kind", std::string(name_of(failure.kind))},
         {"error_class", failure.error_class},
         {"error", failure.error_message}}
    );
}

void LogListener::on_dead_lettered(
    const PartitionId& id, std::int64_t offset, int attempts, const Failure& failure
) {
    log::error(
        "record dead-lettered",
        {{"group", id.group},
         {"topic", id.topic},
         {"partition", text_of(id.partition)},
         {"offset", text_of(offset)},
         {"attempts", std::to_string(attempts)},
         {"error_class", failure.error_class},
         {"error", failure.error_message}}
    );
}

void LogListener::on_sought(const PartitionId& id, std::int64_t offset) {
    log::info(
        "partition sought by its consumer",
        {{"group", id.group},
         {"topic", id.topic},
         {"partition", text_of(id.partition)},
         {"offset", text_of(offset)}}
    );
}

void LogListener::on_parked(
    const PartitionId& id, std::int64_t first_offset, std::size_t count, const Failure* failure
) {
    if (failure == nullptr) {
        log::debug(
            "records parked behind one of their key",
            {{"group", id.group},
             {"topic", id.topic},
             {"partition", text_of(id.partition)},
             {"first_offset", text_of(first_offset)},
             {"records", std::to_string(count)}}
        );
        return;
    }
    log::warn(
        "record parked: it is tried again while others go on",
        {{"group", id.group},
         {"topic", id.topic},
         {"partition", text_of(id.partition)},
         {"offset", text_of(first_offset)},
         {"error_class", failure->error_class},
         {"error", failure->error_message}}
    );
}

void LogListener::on_fenced(const PartitionId& id) {
    log::warn(
        "fenced: another owner has claimed the partition",
        {{"group", id.group}, {"topic", id.topic}, {"partition", text_of(id.partition)}}
    );
}

void LogListener::on_halted(const PartitionId& id, const std::string& reason) {
    log::error(
        "partition halted until an operator acts",
        {{"group", id.group},
         {"topic", id.topic},
         {"partition", text_of(id.partition)},
         {"reason", reason}}
    );
}

void LogListener::on_hook_failed(const PartitionId& id, const char* hook, const Failure& failure) {
    log::error(
        "consumer hook failed",
        {{"hook", hook},
         {"group", id.group},
         {"topic", id.topic},
         {"partition", text_of(id.partition)},
         {"error_class", failure.error_class},
         {"error", failure.error_message}}
    );
}

void LogListener::on_client_error(const std::string& group, const std::string& error, bool fatal) {
    if (fatal) {
        log::error("kafka client failed", {{"group", group}, {"error", error}});
    } else if (const auto kept_back = repeats_.tell(group + error, Clock::now())) {
        log::warn(
            "kafka client",
            {{"group", group}, {"error", error}, {"repeated", std::to_string(*kept_back)}}
        );
    }
}

}  // namespace carafe::processing
