#pragma once

#include <memory>

#include "app/controllers/controller.h"
#include "carafe/cluster.h"

namespace shop {

// For administrators: what Kafka holds, and how far its consumers are.
class OpsClusterController : public Controller {
public:
    using Controller::Controller;

    Response stats();            // GET /ops/stats
    Response topics();           // GET /ops/topics
    Response messages();         // GET /ops/topics/:topic/messages
    Response consumer_groups();  // GET /ops/consumer_groups
    Response trace();            // GET /ops/traces/:order_id

private:
    // Throws Problem 503 while there is none.
    [[nodiscard]] std::shared_ptr<const carafe::ClusterReport> report() const;
};

}  // namespace shop
