#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "carafe/postgres/redrives.h"
#include "cli/session.h"

namespace carafe::cli {

struct RedriveOptions {
    postgres::RedriveKind kind = postgres::RedriveKind::kRedrive;
    std::vector<std::string> ids;
    std::string topic;
    std::string where;
    std::string reason;
    std::string rate;        // "100/s"
    std::string patch_file;  // "-": stdin
    std::int64_t limit = 0;  // 0: none
    bool force = false;
    bool is_dry_run = false;
    bool is_confirmed = false;
    bool is_json = false;
};

// The dlq commands that change something, through the index. They return exit codes.
int redrive(Session& session, const RedriveOptions& options);  // and discard
int list_redrives(Session& session, std::optional<std::int64_t> id, bool is_json);
int cancel_redrive(Session& session, std::int64_t id, const std::string& reason);
int resume_redrive(Session& session, std::int64_t id);

// "100/s", "30/m" or "5" as records per second. Throws ConfigurationError.
double parse_rate(const std::string& text);

}  // namespace carafe::cli
