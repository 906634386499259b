#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/effective.h"
#include "routing/routes.h"

namespace carafe::routing {

// What a worker runs, as text: enough to tell what an edit of karafka.yml would change.
struct Running {
    struct Route {
        std::string group;
        std::string topic;
        std::map<std::string, std::string> keys;  // as karafka.yml would write them
        int partitions = 0;                       // in this worker's hands
    };
    std::vector<Route> routes;
    std::map<std::string, std::string> settings;  // every key outside consumer_groups
};
Running running(const std::vector<Route>& routes, const config::LoadedSettings& loaded);

struct KeyChange {
    std::string key;
    std::string from;  // empty: it was not there
    std::string to;
};

struct RouteChange {
    // kWaits: only a worker that starts again takes it.
    enum class Kind { kAdded, kRemoved, kChanged, kWaits };
    Kind kind = Kind::kChanged;
    std::string group;
    std::string topic;
    std::vector<KeyChange> keys;
    std::string reason;  // of kWaits
};
const char* name_of(RouteChange::Kind kind);

// What taking an edit means for a worker.
struct Plan {
    enum class Group { kStarts, kStops, kRebalances, kStays };

    std::vector<RouteChange> routes;
    std::map<std::string, Group> groups;  // those with a change
    std::vector<KeyChange> live;          // of the process, taken at once
    std::vector<KeyChange> restart;       // of the worker, taken when it starts again
    std::vector<KeyChange> elsewhere;     // of topics (`topics migrate`) and of other processes

    [[nodiscard]] bool empty() const {
        return routes.empty() && live.empty() && restart.empty() && elsewhere.empty();
    }
};
const char* name_of(Plan::Group group);

// Batch, retry, dead letter topic, lanes, consumer: the route's partitions go on by the new route
// and stay where they are. A topic more or less: the group rebalances that topic. `delivery` keeps
// its positions elsewhere, so it waits for a restart.
Plan plan(const Running& from, const Running& to);

}  // namespace carafe::routing
