#include "cli/worker_routes.h"

#include "carafe/dead_letter.h"
#include "carafe/log.h"
#include "config/topic_pattern.h"
#include "kafka/admin.h"
#include "postgres/dead_letters/index.h"

namespace carafe::cli {

namespace {

constexpr auto kClusterTimeout = std::chrono::seconds(3);

std::map<std::string, int> declared_partitions(const Settings& settings) {
    std::map<std::string, int> partitions;
    for (const TopicSettings& topic : settings.topics) {
        partitions[topic.name] = topic.partitions;
    }
    return partitions;
}

void check_topics(const WorkerRoutesQuery& query, const WorkerRoutes& found) {
    std::vector<std::string> existing;
    existing.reserve(found.partitions.size());
    for (const auto& [name, partitions] : found.partitions) {
        existing.push_back(name);
    }
    const auto missing = routing::missing_topics(found.routes, existing);
    if (!missing.empty()) {
        throw ConfigurationError(
            std::string(SettingsError(query.file, missing).what()) +
            "\nrun bin/carafe topics migrate"
        );
    }
}

void look_at_cluster(const WorkerRoutesQuery& query, WorkerRoutes& found) {
    const Settings& settings = query.loaded.settings;
    try {
        const kafka::Admin admin(settings.kafka, kClusterTimeout);
        for (const auto& [name, state] : admin.topics()) {
            found.partitions[name] = state.partitions;
        }
    } catch (const TransientError& error) {
        if (query.needs_cluster) {
            throw;
        }
        log::warn("starting without Kafka", {{"error", error.what()}});
        found.partitions = declared_partitions(settings);
        return;
    }
    check_topics(query, found);
}

void add_dead_letter_index(const WorkerRoutesQuery& query, WorkerRoutes& found) {
    const std::string& group = query.loaded.settings.worker.dead_letter_group;
    Consumers index;
    index.add<postgres::DeadLetterIndexer>("carafe::DeadLetterIndexer");
    for (const std::string& topic : dead_letter_topics(query.loaded.settings)) {
        if (found.partitions.count(topic) == 0) {
            continue;  // declared, and not made yet
        }
        routing::Route route;
        route.group = group.empty() ? query.app.name + "-dead-letters" : group;
        route.settings.topic = topic;
        route.settings.consumer = "carafe::DeadLetterIndexer";
        route.settings.delivery = Delivery::kExactlyOnce;
        route.settings.keys = {{"consumer", route.settings.consumer}, {"delivery", "exactly_once"}};
        route.consumer = *index.find(route.settings.consumer);
        found.routes.push_back(std::move(route));
    }
}

}  // namespace

int partitions_of(const std::map<std::string, int>& known, const std::string& topic) {
    const config::TopicPattern pattern(topic);
    int count = 0;
    for (const auto& [name, partitions] : known) {
        count += pattern.matches(name) ? partitions : 0;
    }
    return count;
}

WorkerRoutes worker_routes(const WorkerRoutesQuery& query) {
    const Settings& settings = query.loaded.settings;
    const WorkerSelection& selection = query.selection;
    WorkerRoutes found;
    found.routes = routing::select(
        routing::bind(settings, query.app.consumers, query.file), selection.groups, selection.topics
    );
    look_at_cluster(query, found);
    if (!settings.database.url.empty() && selection.groups.empty() && selection.topics.empty()) {
        add_dead_letter_index(query, found);
    }
    return found;
}

}  // namespace carafe::cli
