#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "carafe/application.h"
#include "carafe/health.h"
#include "carafe/metrics.h"
#include "carafe/ops.h"
#include "carafe/postgres/pool.h"
#include "carafe/postgres/relay.h"
#include "carafe/producer.h"
#include "carafe/settings.h"
#include "cli/member_slot.h"
#include "cli/quiet_holds.h"
#include "cli/running_routes.h"
#include "cli/watched_cluster.h"
#include "cli/worker_diagnosis.h"
#include "cli/worker_metrics.h"
#include "kafka/properties.h"
#include "postgres/inbox_purge.h"
#include "postgres/worker_heartbeat.h"
#include "processing/last_failures.h"
#include "processing/log_listener.h"
#include "processing/metrics_listener.h"
#include "processing/worker.h"
#include "routing/routes.h"

namespace carafe::cli {

// The composition of a worker process: engine, deliveries, relay, health and ops port, wired from
// settings. Members are in the order of their dependencies. Used by the main thread.
class WorkerProcess {
public:
    // How worker.memory_budget is divided, in bytes.
    struct Memory {
        std::int64_t prefetch = 0;   // of all clients together
        std::size_t lane_share = 0;  // of each partition with lanes
    };

    // `partitions` is how many partitions each topic has, as far as that is known. Throws
    // ConfigurationError.
    WorkerProcess(
        const Settings& settings,
        const std::vector<routing::Route>& routes,
        const std::map<std::string, int>& partitions
    );
    ~WorkerProcess();
    WorkerProcess(const WorkerProcess&) = delete;
    WorkerProcess& operator=(const WorkerProcess&) = delete;

    // For the app, before start().
    [[nodiscard]] WorkerContext context() { return {settings_, relay_signal_}; }
    void start();
    // Finishes what is in flight, commits, leaves the groups, then stops the relay. False when the
    // shutdown timeout passed first; then only the end of the process ends the handlers.
    bool stop();
    // An edit of the routes, as planned; by the thread that starts and stops.
    void apply(
        const std::vector<routing::Route>& from,
        const std::vector<routing::Route>& to,
        const routing::Plan& plan
    );
    void set_shutdown_timeout(std::chrono::milliseconds timeout) { shutdown_timeout_ = timeout; }
    // TSTP: finishes what is in hand, takes nothing new, stays in its groups.
    void be_quiet() { holds_.be_quiet(); }
    [[nodiscard]] bool is_live() const { return health_.not_live().empty(); }
    // To be called a few times a second: forgets what has stopped, looks at what goes wrong.
    void tidy();

    [[nodiscard]] Metrics& metrics() { return metrics_; }
    [[nodiscard]] RunningRoutes& running_routes() { return running_routes_; }
    [[nodiscard]] const std::string& owner() const { return owner_; }
    // How many partitions of the topic this worker has now.
    [[nodiscard]] int assigned(const std::string& group, const std::string& topic) const;
    // Writes what each group is doing to the log.
    void log_status() const;

private:
    [[nodiscard]] std::vector<processing::Group::Options> groups(
        const std::vector<routing::Route>& routes
    );
    processing::Route engine_route(const routing::Route& route);
    [[nodiscard]] kafka::Properties member_properties(kafka::Properties properties);
    processing::DeliveryFactory delivery(const routing::Route& route);
    [[nodiscard]] postgres::Pool& pool();
    [[nodiscard]] processing::AttemptStore* attempts();
    // Tells the attempt store what processes that died had in their hands.
    void adopt_journals();
    void make_diagnosis();
    void register_checks();
    void register_gauges();
    [[nodiscard]] std::string application_name() const;
    [[nodiscard]] std::unique_ptr<postgres::Pool> make_heartbeat_pool() const;
    [[nodiscard]] std::vector<std::string> texts_of_problems() const;
    [[nodiscard]] std::optional<std::chrono::milliseconds> delay_of(
        const processing::PartitionId& id
    ) const;

    const Settings settings_;
    const std::string owner_;
    std::chrono::milliseconds shutdown_timeout_;
    Memory memory_;
    RunningRoutes running_routes_;
    Health health_;
    Metrics metrics_;
    processing::LogListener log_listener_;
    processing::MetricsListener metrics_listener_{metrics_};
    processing::LastFailures failures_;
    processing::EngineListeners listeners_;
    postgres::RelaySignal relay_signal_;
    std::unique_ptr<Producer> producer_;
    std::unique_ptr<postgres::Pool> pool_;
    std::unique_ptr<postgres::Relay> relay_;
    std::unique_ptr<processing::AttemptStore> attempts_;
    std::unique_ptr<processing::CrashJournal> journal_;
    std::unique_ptr<MemberSlot> slot_;  // of a static member
    std::unique_ptr<postgres::Pool> heartbeat_pool_;
    std::unique_ptr<postgres::WorkerHeartbeat> heartbeat_;
    std::unique_ptr<postgres::InboxPurge> purge_;
    QuietHolds holds_;
    std::unique_ptr<processing::Worker> worker_;
    WatchedCluster cluster_;
    std::vector<routing::Route> routes_;
    std::unique_ptr<WorkerDiagnosis> diagnosis_;
    std::unique_ptr<WorkerMetrics> gauges_;
    std::atomic<bool> is_started_{false};
    std::atomic<bool> is_stopping_{false};
    std::unique_ptr<OpsServer> ops_;
};

}  // namespace carafe::cli
