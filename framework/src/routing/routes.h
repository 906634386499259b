#pragma once

#include <string>
#include <vector>

#include "carafe/consumers.h"
#include "carafe/settings.h"

namespace carafe::routing {

// One topic of one group, bound to its consumer class.
struct Route {
    std::string group;
    TopicRoute settings;
    Consumers::Entry consumer;
};

// Binds karafka.yml to routes/consumers.cpp. Throws SettingsError with all problems at once: a name
// that is not registered, and a delivery that the class cannot do. `file` is for the messages.
std::vector<Route> bind(
    const Settings& settings, const Consumers& consumers, const std::string& file
);

// Only these groups and topics; an empty list stands for all. Throws ConfigurationError for a name
// that no route has, and when nothing is left.
std::vector<Route> select(
    const std::vector<Route>& routes,
    const std::vector<std::string>& groups,
    const std::vector<std::string>& topics
);

// The topics of routes and their dead letter topics that are not among `existing`, as problems at
// their place in the file.
std::vector<SettingsProblem> missing_topics(
    const std::vector<Route>& routes, const std::vector<std::string>& existing
);

}  // namespace carafe::routing
