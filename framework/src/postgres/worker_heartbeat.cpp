#include "postgres/worker_heartbeat.h"

#include <algorithm>
#include <boost/json.hpp>

namespace carafe::postgres {

namespace {

constexpr auto kPeriod = std::chrono::seconds(1);

bool covers(const PauseScope& scope, const processing::PartitionId& partition) {
    return scope.group == partition.group &&
           (scope.topic.empty() || scope.topic == partition.topic) &&
           scope.partition.value_or(partition.partition) == partition.partition;
}

std::string as_json(const std::vector<std::pair<std::string, processing::Group::Status>>& groups) {
    boost::json::array lanes;
    for (const auto& [group, status] : groups) {
        for (const processing::Group::Lane& lane : status.lanes) {
            lanes.push_back(boost::json::object{
                {"group", group},
                {"topic", lane.topic},
                {"partition", lane.partition},
                {"state", lane.state},
                {"busy_ms", lane.busy.count()}});
        }
    }
    return boost::json::serialize(lanes);
}

}  // namespace

void WorkerHeartbeat::start(Status status) {
    status_ = std::move(status);
    try {
        read_pauses();
    } catch (const std::exception& error) {
        repeats_.warn("what is paused is not known", error.what());
    }
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void WorkerHeartbeat::stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

bool WorkerHeartbeat::is_held(const processing::PartitionId& partition) const {
    const std::lock_guard lock(mutex_);
    return std::any_of(paused_.begin(), paused_.end(), [&](const PauseScope& scope) {
        return covers(scope, partition);
    });
}

void WorkerHeartbeat::run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        try {
            read_pauses();
            write_status();
            read_outbox();
        } catch (const std::exception& error) {
            {
                const std::lock_guard lock(mutex_);
                outbox_.is_known = false;
            }
            repeats_.warn("the worker's heartbeat waits for the database", error.what());
        }
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, stop, kPeriod, [] { return false; });
    }
}

WorkerHeartbeat::Outbox WorkerHeartbeat::outbox() const {
    const std::lock_guard lock(mutex_);
    return outbox_;
}

void WorkerHeartbeat::read_outbox() {
    Outbox outbox;
    {
        const Pool::Lease lease = pool_.acquire();
        pqxx::read_transaction tx(*lease, "outbox_state");
        const pqxx::row row = tx.exec1(
            "SELECT (SELECT count(*) FROM outbox), (SELECT coalesce(extract(epoch FROM now() -"
            " min(created_at)), 0) FROM outbox), (SELECT count(*) FROM outbox_parked),"
            " (SELECT count(*) FROM dead_letters WHERE state IN ('waiting', 'taken'))"
        );
        outbox = {
            true,
            row[0].as<std::int64_t>(),
            row[1].as<double>(),
            row[2].as<std::int64_t>(),
            row[3].as<std::int64_t>()};
    }
    const std::lock_guard lock(mutex_);
    outbox_ = outbox;
}

void WorkerHeartbeat::read_pauses() {
    std::vector<PauseScope> paused;
    for (const Pause& pause : Pauses(pool_).list()) {
        paused.push_back(pause.scope);
    }
    const std::lock_guard lock(mutex_);
    paused_ = std::move(paused);
}

void WorkerHeartbeat::write_status() {
    const std::string lanes = as_json(status_());
    const Pool::Lease lease = pool_.acquire();
    pqxx::work tx(*lease, "heartbeat");
    tx.exec_params(
        "INSERT INTO workers (owner, lanes) VALUES ($1, $2::jsonb)"
        " ON CONFLICT (owner) DO UPDATE SET seen_at = now(), lanes = EXCLUDED.lanes",
        owner_,
        lanes
    );
    // Workers that ended long ago.
    tx.exec("DELETE FROM workers WHERE seen_at < now() - interval '1 hour'");
    tx.commit();
}

}  // namespace carafe::postgres
