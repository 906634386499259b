#pragma once

#include <string>
#include <vector>

#include "cli/session.h"

namespace carafe::cli {

struct RedriveOptions {
    std::vector<std::string> ids;
    std::string topic;
    std::string reason;
    bool is_dry_run = false;
    bool is_confirmed = false;
};

// `dlq redrive`: returns its exit code. Sends in batches and stops at the first that is not
// acknowledged, naming what was not sent.
int redrive(Session& session, const RedriveOptions& options);

}  // namespace carafe::cli
