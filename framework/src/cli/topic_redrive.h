#pragma once

#include <string>
#include <vector>

#include "cli/session.h"

namespace carafe::cli {

struct TopicRedriveOptions {
    std::vector<std::string> ids;
    std::string topic;
    std::string reason;
    bool is_dry_run = false;
    bool is_confirmed = false;
};

// `dlq redrive` without a database, so without an index or a memory of what was sent: straight from
// the dead letter topic to where the records came from. Returns the exit code. Sends in batches and
// stops at the first that is not acknowledged, naming what was not sent.
int redrive_from_topic(Session& session, const TopicRedriveOptions& options);

}  // namespace carafe::cli
