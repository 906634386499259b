#pragma once

#include <memory>
#include <mutex>

#include "carafe/cluster.h"
#include "routing/routes.h"

namespace carafe::cli {

// The cluster as the metrics of a worker show it, for the groups that it has now. latest() is
// thread-safe, the rest is for one thread.
class WatchedCluster {
public:
    explicit WatchedCluster(const Settings& settings) : settings_(settings) {}

    // From now on the groups of these routes are looked at.
    void watch(const std::vector<routing::Route>& routes);
    void stop();
    // Null before the first.
    [[nodiscard]] std::shared_ptr<const ClusterReport> latest() const;

private:
    struct Watch {
        explicit Watch(Settings looked_at);
        const Settings settings;
        ClusterWatch watch;
    };

    const Settings& settings_;
    mutable std::mutex mutex_;  // guards which one it is
    std::shared_ptr<Watch> watch_;
};

}  // namespace carafe::cli
