#include "postgres/worker_heartbeat.h"

#include <algorithm>
#include <boost/json.hpp>

namespace carafe::postgres {

namespace {

constexpr auto kPeriod = std::chrono::seconds(1);

// Counting reads all of the outbox, and where Kafka is away that is millions of rows: it takes a
// fiftieth of the time of one session. But who operates is to be told within ten seconds.
constexpr int kRestsPerCount = 50;
constexpr auto kLongestRest = std::chrono::seconds(5);

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

WorkerHeartbeat::WorkerHeartbeat(Pool& pool, std::string owner, std::string application)
    : pool_(pool),
      owner_(std::move(owner)),
      locks_(std::move(application)),
      counting_(kRestsPerCount, {}, kLongestRest) {}

void WorkerHeartbeat::start(Status status, Problems problems) {
    status_ = std::move(status);
    problems_ = std::move(problems);
    try {
        read_pauses();
    } catch (const std::exception& error) {
        database_.answers = false;
        database_.error = error.what();
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
        beat();
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, stop, kPeriod, [] { return false; });
    }
}

// Who holds locks is asked first: it needs none itself. What comes after it may fail though the
// database is well.
void WorkerHeartbeat::beat() {
    bool answers = false;
    try {
        read_locks();
        answers = true;
        read_pauses();
        read_outbox();
        write_status();
    } catch (const std::exception& error) {
        repeats_.warn("the worker's heartbeat waits for the database", error.what());
        const std::lock_guard lock(mutex_);
        database_.answers = answers;
        database_.error = error.what();
        database_.outbox.reset();
        counting_.hurry();
        if (!answers) {
            database_.lock_holders.clear();
        }
    }
}

WorkerHeartbeat::Database WorkerHeartbeat::database() const {
    const std::lock_guard lock(mutex_);
    return database_;
}

void WorkerHeartbeat::read_locks() {
    std::vector<LockHolder> holders;
    {
        const Pool::Lease lease = pool_.acquire();
        pqxx::read_transaction tx(*lease, "locks");
        holders = locks_.look(tx);
    }
    const std::lock_guard lock(mutex_);
    database_.answers = true;
    database_.lock_holders = std::move(holders);
}

void WorkerHeartbeat::read_outbox() {
    const auto began = Pace::Clock::now();
    if (!counting_.is_due(began)) {
        return;
    }
    Outbox outbox;
    {
        const Pool::Lease lease = pool_.acquire();
        pqxx::read_transaction tx(*lease, "outbox_state");
        outbox.topics = outbox_by_topic(tx);
        outbox.dead_letters =
            tx.exec1("SELECT count(*) FROM dead_letters WHERE state IN ('waiting', 'taken')")[0]
                .as<std::int64_t>();
    }
    counting_.worked(began, Pace::Clock::now());
    const std::lock_guard lock(mutex_);
    database_.outbox = std::move(outbox);
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
    boost::json::array problems;
    for (const std::string& problem : problems_()) {
        problems.emplace_back(problem);
    }
    const Pool::Lease lease = pool_.acquire();
    pqxx::work tx(*lease, "heartbeat");
    tx.exec_params(
        "INSERT INTO workers (owner, lanes, problems) VALUES ($1, $2::jsonb, $3::jsonb)"
        " ON CONFLICT (owner) DO UPDATE SET seen_at = now(), lanes = EXCLUDED.lanes,"
        " problems = EXCLUDED.problems",
        owner_,
        lanes,
        boost::json::serialize(problems)
    );
    // Workers that ended long ago.
    tx.exec("DELETE FROM workers WHERE seen_at < now() - interval '1 hour'");
    tx.commit();
}

}  // namespace carafe::postgres
