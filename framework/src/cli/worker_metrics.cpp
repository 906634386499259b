#include "cli/worker_metrics.h"

#include <algorithm>
#include <array>
#include <limits>

namespace carafe::cli {

namespace {

constexpr std::array<const char*, 5> kStates{"idle", "running", "degraded", "halted", "paused"};
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

double seconds_of(std::chrono::milliseconds time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

WorkerMetrics::WorkerMetrics(Metrics& metrics, Sources sources)
    : metrics_(metrics), sources_(std::move(sources)) {
    metrics_.before_expose([this] { update(); });
}

void WorkerMetrics::update() {
    update_lanes();
    update_lag();
    update_partitions();
    if (sources_.database) {
        update_database();
    }
}

Metrics::Gauge& WorkerMetrics::lane_gauge(
    const std::string& name, const std::string& help, const LaneKey& lane, const std::string& state
) {
    Metrics::Labels labels{
        {"group", std::get<0>(lane)},
        {"topic", std::get<1>(lane)},
        {"partition", std::to_string(std::get<2>(lane))}};
    if (!state.empty()) {
        labels.emplace("state", state);
    }
    return metrics_.gauge(name, help, labels);
}

void WorkerMetrics::update_lanes() {
    for (auto& [lane, is_assigned] : lanes_) {
        is_assigned = false;
    }
    std::map<LaneKey, processing::Group::Lane> now;
    for (const auto& [group, status] : sources_.status()) {
        const Metrics::Labels labels{{"group", group}};
        metrics_
            .gauge("carafe_group_joined", "1 once the group has given this worker a share.", labels)
            .set(status.joined ? 1 : 0);
        metrics_
            .gauge(
                "carafe_group_generation",
                "The group's generation; it grows by a rebalance.",
                labels
            )
            .set(status.generation < 0 ? kUnknown : status.generation);
        metrics_
            .gauge(
                "carafe_poll_silence_seconds",
                "How long ago the group's poll thread was last heard of.",
                labels
            )
            .set(seconds_of(status.since_poll));
        for (const processing::Group::Lane& lane : status.lanes) {
            const LaneKey key{group, lane.topic, lane.partition};
            lanes_[key] = true;
            now.emplace(key, lane);
        }
    }
    for (const auto& [key, is_assigned] : lanes_) {
        for (const char* state : kStates) {
            lane_gauge(
                "carafe_lane_state", "1 for the state an assigned partition is in.", key, state
            )
                .set(is_assigned && now.at(key).state == state ? 1 : 0);
        }
        lane_gauge(
            "carafe_lane_busy_seconds", "How long the handler's call under way has lasted.", key
        )
            .set(is_assigned ? seconds_of(now.at(key).busy) : 0);
    }
}

void WorkerMetrics::update_lag() {
    const auto report = sources_.cluster();
    if (!report) {
        return;  // it has just started, and Kafka has not been asked yet
    }
    const bool is_fresh = std::chrono::system_clock::now() - report->at < std::chrono::seconds(30);
    metrics_.gauge("carafe_kafka_known", "1 while all of Kafka that was asked answers.")
        .set(is_fresh && report->kafka_problem.empty() ? 1 : 0);
    for (const GroupReport& group : report->groups) {
        for (const GroupReport::Partition& each : group.partitions) {
            const LaneKey key{group.id, each.topic, each.partition};
            const bool is_known = is_fresh && each.lag && each.lag_seconds;
            lane_gauge("carafe_consumer_lag_known", "1 while the lag is known.", key)
                .set(is_known ? 1 : 0);
            lane_gauge("carafe_consumer_lag_records", "Records not handled yet.", key)
                .set(is_known ? static_cast<double>(*each.lag) : kUnknown);
            lane_gauge(
                "carafe_consumer_lag_seconds", "Age of the oldest record not handled yet.", key
            )
                .set(is_known ? *each.lag_seconds : kUnknown);
        }
    }
}

void WorkerMetrics::update_partitions() {
    std::map<LaneKey, double> seconds;
    for (const StuckPartitions::Stuck& each : sources_.partitions()) {
        const LaneKey key{each.partition.group, each.partition.topic, each.partition.partition};
        seconds[key] = each.seconds;
        partitions_.insert(key);
    }
    for (const LaneKey& key : partitions_) {
        const auto known = seconds.find(key);
        lane_gauge(
            "carafe_partition_stuck_seconds",
            "How long records have waited for a partition that could move and does not.",
            key
        )
            .set(known == seconds.end() ? kUnknown : known->second);
    }
}

void WorkerMetrics::update_database() {
    const postgres::WorkerHeartbeat::Database database = sources_.database();
    metrics_.gauge("carafe_database_known", "1 while the database answers.")
        .set(database.answers ? 1 : 0);
    double held = 0;
    for (const postgres::LockHolder& holder : database.lock_holders) {
        held = std::max(held, holder.seconds.value_or(1));
    }
    metrics_
        .gauge(
            "carafe_database_lock_holder_seconds",
            "Age of the oldest transaction whose locks this worker waits for; 0: none."
        )
        .set(database.answers ? held : kUnknown);
    update_outbox(database.outbox ? &*database.outbox : nullptr);
}

void WorkerMetrics::update_outbox(const postgres::WorkerHeartbeat::Outbox* outbox) {
    std::map<std::string, postgres::OutboxTopic> now;
    postgres::OutboxTopic all;
    if (outbox != nullptr) {
        for (const postgres::OutboxTopic& topic : outbox->topics) {
            now.emplace(topic.topic, topic);
            topics_.insert(topic.topic);
            all.waiting += topic.waiting;
            all.parked += topic.parked;
            all.oldest_seconds = std::max(all.oldest_seconds, topic.oldest_seconds);
        }
    }
    const auto shown = [&](double value) { return outbox != nullptr ? value : kUnknown; };
    metrics_.gauge("carafe_outbox_records", "Records that wait to be published.")
        .set(shown(static_cast<double>(all.waiting)));
    metrics_.gauge("carafe_outbox_oldest_seconds", "Age of the oldest of them; 0: none waits.")
        .set(shown(all.oldest_seconds));
    metrics_.gauge("carafe_outbox_parked_records", "Records that a broker refused.")
        .set(shown(static_cast<double>(all.parked)));
    for (const std::string& topic : topics_) {
        const postgres::OutboxTopic& seen = now[topic];
        metrics_
            .gauge(
                "carafe_outbox_topic_oldest_seconds",
                "The same, of each topic that had some.",
                {{"topic", topic}}
            )
            .set(shown(seen.oldest_seconds));
        metrics_
            .gauge(
                "carafe_outbox_topic_parked_records",
                "Records that a broker refused, of each topic that had some.",
                {{"topic", topic}}
            )
            .set(shown(static_cast<double>(seen.parked)));
    }
    metrics_.gauge("carafe_dead_letters_waiting", "Dead letters nobody has dealt with.")
        .set(outbox != nullptr ? static_cast<double>(outbox->dead_letters) : kUnknown);
}

}  // namespace carafe::cli
