#include "cli/watched_cluster.h"

#include <map>

namespace carafe::cli {

namespace {

// How old the lag among the metrics may be.
constexpr auto kPeriod = std::chrono::seconds(2);

std::vector<ConsumerGroupSettings> groups_of(const std::vector<routing::Route>& routes) {
    std::map<std::string, ConsumerGroupSettings> groups;
    for (const routing::Route& route : routes) {
        ConsumerGroupSettings& group = groups[route.group];
        group.id = route.group;
        group.topics.push_back(route.settings);
    }
    std::vector<ConsumerGroupSettings> list;
    list.reserve(groups.size());
    for (auto& [id, group] : groups) {
        list.push_back(std::move(group));
    }
    return list;
}

}  // namespace

WatchedCluster::Watch::Watch(Settings looked_at)
    : settings(std::move(looked_at)), watch(settings, kPeriod) {}

void WatchedCluster::watch(const std::vector<routing::Route>& routes) {
    stop();
    Settings settings = settings_;
    settings.consumer_groups = groups_of(routes);
    auto watch = std::make_shared<Watch>(std::move(settings));
    watch->watch.start();
    const std::lock_guard lock(mutex_);
    watch_ = std::move(watch);
}

void WatchedCluster::stop() {
    if (watch_) {
        watch_->watch.stop();
    }
}

std::shared_ptr<const ClusterReport> WatchedCluster::latest() const {
    std::shared_ptr<Watch> watch;
    {
        const std::lock_guard lock(mutex_);
        watch = watch_;
    }
    return watch ? watch->watch.latest() : nullptr;
}

}  // namespace carafe::cli
