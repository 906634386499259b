#pragma once

#include <string>
#include <vector>

namespace shop::specs {

// A request of each route for operators, and how it is answered to an administrator. Nobody else
// gets anything there.
struct OpsRequest {
    std::string route;  // as routes/http.cpp says it
    std::string target;
    std::string body;
    int admin = 200;
};

inline std::vector<OpsRequest> ops_requests() {
    const std::string dry = R"({"topic":"orders.dlq","reason":"r","dry_run":true})";
    const std::string reason = R"({"reason":"r"})";
    return {
        {"GET /ops/stats", "/ops/stats", "", 200},
        {"GET /ops/topics", "/ops/topics", "", 503},  // nobody has looked at the cluster yet
        {"GET /ops/topics/:topic/messages", "/ops/topics/nowhere/messages", "", 404},
        {"GET /ops/consumer_groups", "/ops/consumer_groups", "", 503},
        {"POST /ops/consumer_groups/:group/pause",
         "/ops/consumer_groups/nobodys/pause",
         reason,
         404},
        {"POST /ops/consumer_groups/:group/resume",
         "/ops/consumer_groups/nobodys/resume",
         reason,
         404},
        {"GET /ops/traces/:order_id", "/ops/traces/01930000-0000-7000-8000-0000000000a1", "", 200},
        {"GET /ops/lanes", "/ops/lanes", "", 200},
        {"GET /ops/dead_letters", "/ops/dead_letters", "", 200},
        {"GET /ops/dead_letters/stats", "/ops/dead_letters/stats", "", 200},
        {"GET /ops/dead_letters/:topic/:partition/:offset",
         "/ops/dead_letters/orders.dlq/0/0",
         "",
         404},
        {"POST /ops/dead_letters/discard", "/ops/dead_letters/discard", dry, 200},
        {"POST /ops/redrives", "/ops/redrives", dry, 200},
        {"GET /ops/redrives", "/ops/redrives", "", 200},
        {"GET /ops/redrives/:id", "/ops/redrives/1", "", 404},
        {"POST /ops/redrives/:id/cancel", "/ops/redrives/1/cancel", reason, 404},
        {"POST /ops/redrives/:id/resume", "/ops/redrives/1/resume", "", 404},
        {"GET /ops/audit", "/ops/audit", "", 200},
    };
}

}  // namespace shop::specs
