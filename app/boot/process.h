#pragma once

#include <atomic>
#include <string>

#include "app/channels/backstage.h"
#include "app/models/database.h"
#include "carafe/health.h"
#include "carafe/metrics.h"
#include "carafe/ops.h"

namespace shop::boot {

// What every long-running process of the shop has: health, metrics and the operator's port, which
// says not ready while the process starts, stops, or finds PostgreSQL away.
class Process {
public:
    Process(Database database, int ops_port);

    carafe::Health& health() { return health_; }
    carafe::Metrics& metrics() { return metrics_; }

    // Ready from now on. Returns after SIGTERM or SIGINT, not ready any more.
    void run_until_stopped();

private:
    carafe::Health health_;
    carafe::Metrics metrics_;
    std::atomic<bool> is_running_{false};
    std::atomic<bool> database_answers_{true};
    carafe::OpsServer ops_;
    Backstage probe_;
};

// Names this process in leases and logs: host:pid.
std::string process_name();

}  // namespace shop::boot
