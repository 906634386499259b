#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/running_routes.h"
#include "cli/session.h"
#include "config/effective.h"
#include "routing/routes.h"

namespace carafe::cli {

// What a worker works on, and how many partitions each topic has, as far as that is known.
struct WorkerRoutes {
    std::vector<routing::Route> routes;
    std::map<std::string, int> partitions;
};

struct WorkerRoutesQuery {
    const AppDescription& app;
    const config::LoadedSettings& loaded;
    std::string file;  // for messages
    WorkerSelection selection;
    // A cluster that is away is no reason not to start, the worker joins when it is back; else
    // TransientError is thrown.
    bool needs_cluster = false;
};

// How many partitions a route reads, by its topic or ^regex; 0 when that is not known.
int partitions_of(const std::map<std::string, int>& known, const std::string& topic);

// The selected routes of karafka.yml and, with a database and no selection, those that keep the
// index of dead letters. Throws ConfigurationError: an unknown consumer or selection, a topic that
// does not exist.
WorkerRoutes worker_routes(const WorkerRoutesQuery& query);

}  // namespace carafe::cli
