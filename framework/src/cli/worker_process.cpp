#include "cli/worker_process.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "carafe/log.h"
#include "carafe/spans.h"
#include "cli/route_plan.h"
#include "kafka/prefetch.h"
#include "kafka/rdkafka_consumer_client.h"
#include "postgres/attempt_store.h"
#include "postgres/classifier.h"
#include "postgres/exactly_once_delivery.h"
#include "processing/at_least_once_delivery.h"

namespace carafe::cli {

namespace {

using std::chrono::milliseconds;

constexpr int kOpsPort = 9300;

std::string host_name() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    return host.data();
}

std::string owner_name() {
    return host_name() + ":" + std::to_string(getpid());
}

// As Kafka's metrics and quotas take it.
std::string client_id_of(std::string owner) {
    std::replace(owner.begin(), owner.end(), ':', '-');
    return owner;
}

// Half for what is fetched ahead and half for what waits in lanes, where there are any.
WorkerProcess::Memory divide_memory(
    const Settings& settings,
    const std::vector<routing::Route>& routes,
    const std::map<std::string, int>& partitions
) {
    constexpr std::size_t kLeastShare = 64UL * 1024;
    std::vector<routing::Route> parallel;
    for (const routing::Route& route : routes) {
        if (!route.settings.parallel.by.empty()) {
            parallel.push_back(route);
        }
    }
    const std::int64_t all = settings.worker.memory_budget_bytes;
    if (parallel.empty()) {
        return {all, kLeastShare};  // for a route that gets lanes while the worker runs
    }
    const auto share = static_cast<std::size_t>(all / 2 / total_partitions(parallel, partitions));
    return {all - all / 2, std::max(kLeastShare, share)};
}

}  // namespace

WorkerProcess::WorkerProcess(
    const Settings& settings,
    const std::vector<routing::Route>& routes,
    const std::map<std::string, int>& partitions
)
    : settings_(settings),
      owner_(owner_name()),
      shutdown_timeout_(settings.worker.shutdown_timeout),
      cluster_(settings_) {
    listeners_.add(log_listener_);
    listeners_.add(metrics_listener_);
    listeners_.add(failures_);
    producer_ = make_producer(settings_.kafka);
    if (!settings_.database.url.empty()) {
        relay_ = std::make_unique<postgres::Relay>(
            settings_.database, postgres::relay_producers(settings_.kafka), relay_signal_, owner_
        );
    }
    std::vector<processing::Classifier> classifiers;
    if (!settings_.database.url.empty()) {
        classifiers.emplace_back(postgres::classify_postgres);
    }
    memory_ = divide_memory(settings_, routes, partitions);
    const auto properties = kafka::merged(
        settings_.kafka,
        kafka::prefetch_properties(memory_.prefetch, total_partitions(routes, partitions))
    );
    journal_ = std::make_unique<processing::CrashJournal>(
        settings_.worker.journal, static_cast<std::size_t>(settings_.worker.processing_threads)
    );
    if (!settings_.database.url.empty()) {
        heartbeat_pool_ = make_heartbeat_pool();
        heartbeat_ = std::make_unique<postgres::WorkerHeartbeat>(
            *heartbeat_pool_, owner_, application_name()
        );
        purge_ = std::make_unique<postgres::InboxPurge>(pool(), purge_rules(routes));
    }
    holds_.also(heartbeat_.get());
    worker_ = std::make_unique<processing::Worker>(
        processing::Worker::Options{
            static_cast<std::size_t>(settings_.worker.processing_threads),
            classifiers,
            attempts(),
            journal_.get(),
            &holds_},
        groups(routes),
        [properties = member_properties(properties),
         patterns = groups_with_patterns(routes)](const std::string& group) {
            const bool has_pattern = patterns.count(group) > 0;
            return kafka::make_consumer_client(
                group, has_pattern ? kafka::merged(finds_topics(), properties) : properties
            );
        },
        listeners_
    );
    routes_ = routes;
    make_diagnosis();
    register_checks();
    register_gauges();
    spans::publish_totals(metrics_);
    ops_ = std::make_unique<OpsServer>(
        ops_port(kOpsPort),
        health_,
        metrics_,
        OpsServer::Documents{
            {"/routes",
             [this] { return running_routes_.json([this] { return worker_->status(); }); }}}
    );
}

// A static member is known by its machine and slot.
kafka::Properties WorkerProcess::member_properties(kafka::Properties properties) {
    properties.emplace("client.id", client_id_of(owner_));  // `lag` names members by it
    if (settings_.worker.membership == "static") {
        slot_ = std::make_unique<MemberSlot>(settings_.worker.journal);
        properties["group.instance.id"] = host_name() + "-" + std::to_string(slot_->number());
    }
    return properties;
}

WorkerProcess::~WorkerProcess() {
    if (heartbeat_) {
        heartbeat_->stop();  // it asks the worker, which goes first
    }
}

void WorkerProcess::start() {
    log::info(
        "worker starting",
        {{"owner", owner_},
         {"threads", std::to_string(settings_.worker.processing_threads)},
         {"ops_port", std::to_string(ops_->port())}}
    );
    if (relay_) {
        relay_->start();
    }
    processing::CrashJournal::mark_on_fatal_signals();
    adopt_journals();
    if (heartbeat_) {
        heartbeat_->start(
            [this] { return worker_->status(); }, [this] { return texts_of_problems(); }
        );
    }
    worker_->start();
    if (purge_) {
        purge_->start();
    }
    cluster_.watch(routes_);
    is_started_ = true;
}

bool WorkerProcess::stop() {
    is_stopping_ = true;
    cluster_.stop();
    if (heartbeat_) {
        heartbeat_->stop();
        purge_->stop();
    }
    const bool is_clean = worker_->stop(shutdown_timeout_);
    if (relay_ && is_clean) {
        relay_->stop();
    }
    return is_clean;
}

std::vector<processing::Group::Options> WorkerProcess::groups(
    const std::vector<routing::Route>& routes
) {
    std::map<std::string, processing::Group::Options> by_id;
    for (const routing::Route& route : routes) {
        processing::Group::Options& group = by_id[route.group];
        if (group.id.empty()) {
            group.id = route.group;
            group.commits_on_revocation = false;
        }
        group.routes.push_back(engine_route(route));
        group.commits_on_revocation |= route.settings.delivery == Delivery::kAtLeastOnce;
    }
    std::vector<processing::Group::Options> groups;
    groups.reserve(by_id.size());
    for (auto& [id, group] : by_id) {
        groups.push_back(std::move(group));
    }
    return groups;
}

processing::Route WorkerProcess::engine_route(const routing::Route& route) {
    processing::Route made;
    made.topic = route.settings.topic;
    made.policy = policy_of(route.settings);
    if (!route.settings.parallel.by.empty()) {
        made.lanes = static_cast<std::size_t>(route.settings.parallel.lanes);
        made.lane_memory_bytes = memory_.lane_share;
    }
    made.dead_letter_topic = route.settings.dead_letter_topic.value_or("");
    made.consumer = route.consumer;
    made.delivery = delivery(route);
    made.admission = admission_of(route.settings);
    made.paused = route.settings.pause;
    made.tick = route.settings.tick;
    made.tools = {producer_.get(), settings_.database.url.empty() ? nullptr : &pool()};
    return made;
}

processing::DeliveryFactory WorkerProcess::delivery(const routing::Route& route) {
    if (route.settings.delivery == Delivery::kExactlyOnce) {
        const bool deduplicates = route.settings.deduplicate.count() > 0;
        return postgres::exactly_once({pool(), relay_signal_, owner_, deduplicates});
    }
    return [&producer = *producer_](const processing::PartitionId& id, BaseConsumer& consumer) {
        return std::make_unique<processing::AtLeastOnceDelivery>(id.group, consumer, producer);
    };
}

std::string WorkerProcess::application_name() const {
    return "carafe worker " + owner_;
}

std::unique_ptr<postgres::Pool> WorkerProcess::make_heartbeat_pool() const {
    DatabaseSettings one = settings_.database;
    one.pool_size = 1;
    one.pool_timeout = std::chrono::seconds(3);  // nobody waits for it but its own thread
    return std::make_unique<postgres::Pool>(one, "carafe heartbeat " + owner_);
}

postgres::Pool& WorkerProcess::pool() {
    if (!pool_) {
        pool_ = std::make_unique<postgres::Pool>(settings_.database, application_name());
    }
    return *pool_;
}

processing::AttemptStore* WorkerProcess::attempts() {
    if (!settings_.database.url.empty()) {
        attempts_ = std::make_unique<postgres::PostgresAttemptStore>(pool());
    } else {
        attempts_ = std::make_unique<processing::MemoryAttemptStore>();
    }
    return attempts_.get();
}

// Before the groups are joined, so that whoever claims the partitions knows. A database that is
// away must not keep the worker from starting: the journals stay for the next start.
void WorkerProcess::adopt_journals() {
    try {
        processing::CrashJournal::adopt(
            settings_.worker.journal,
            [this](const std::vector<processing::Suspicion>& suspicions) {
                for (const processing::Suspicion& found : suspicions) {
                    log::warn(
                        "a worker died with records in its hands: they will run alone",
                        {{"group", found.partition.group},
                         {"topic", found.partition.topic},
                         {"partition", std::to_string(found.partition.partition)},
                         {"first_offset", std::to_string(found.range.first)},
                         {"last_offset", std::to_string(found.range.last)},
                         {"death_counts", found.counts ? "yes" : "no"}}
                    );
                }
                attempts_->suspect(suspicions);
            }
        );
    } catch (const std::exception& error) {
        log::error(
            "what a dead worker had in its hands could not be written down; its journal is kept",
            {{"error", error.what()}}
        );
    }
}

}  // namespace carafe::cli
