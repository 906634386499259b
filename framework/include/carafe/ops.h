#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "carafe/health.h"
#include "carafe/metrics.h"

namespace carafe {

// The port in OPS_PORT, else `fallback` (by custom: worker 9300, web 9303, realtime 9309). Throws
// ConfigurationError when the variable does not hold a port.
int ops_port(int fallback);

// The operator's port of a long-running process, on loopback: GET /livez and /readyz answer 200, or
// 503 with a JSON body that names each red check and its reason (/readyz also names what deserves a
// look without being red); GET /metrics is for Prometheus; further documents as the process offers
// them.
class OpsServer {
public:
    // JSON texts by path; called on the server's threads.
    using Documents = std::map<std::string, std::function<std::string()>>;

    // Listens at once. Both must outlive the server. Port 0 takes any free one. Throws
    // ConfigurationError, naming OPS_PORT, when the port is taken.
    OpsServer(
        int port, const Health& health, const Metrics& metrics, const Documents& documents = {}
    );
    ~OpsServer();
    OpsServer(const OpsServer&) = delete;
    OpsServer& operator=(const OpsServer&) = delete;

    [[nodiscard]] int port() const;

    class Implementation;

private:
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace carafe
