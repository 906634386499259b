#pragma once

#include <memory>

#include "carafe/http/server.h"
#include "carafe/metrics.h"

namespace carafe::http {

// Counts what a server answers: carafe_http_requests_total by method, route and status, and
// carafe_http_request_seconds by route. For Server::Options::on_request; `metrics` must outlive the
// server. Requests that match no route share the empty route, whatever their path and method.
class RequestMetrics {
public:
    explicit RequestMetrics(Metrics& metrics);

    void operator()(const Server::Access& access) const;

    class Cells;

private:
    std::shared_ptr<Cells> cells_;
};

}  // namespace carafe::http
