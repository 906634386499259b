#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "carafe/application.h"
#include "carafe/consumers.h"
#include "carafe/postgres/redrives.h"
#include "config/effective.h"
#include "routing/routes.h"

namespace carafe::cli {

// What an application told the framework about itself.
struct AppDescription {
    std::string name;
    Consumers consumers;
    std::function<void(const WorkerContext&)> prepare_worker;  // may be empty
    std::string migrations = "db/migrate";
    std::string seeds = "db/seeds.sql";
    postgres::OnDiscard on_discard;
};

// What one run of a command works with. Reads karafka.yml when it is first asked for, so that
// `info` and --help need none.
class Session {
public:
    Session(const AppDescription& app, std::string config_file)
        : app_(app), config_file_(std::move(config_file)) {}

    [[nodiscard]] const AppDescription& app() const { return app_; }
    [[nodiscard]] const std::string& config_file() const { return config_file_; }

    // Throw SettingsError. The first call also sets logging up.
    const config::LoadedSettings& loaded();
    const Settings& settings() { return loaded().settings; }
    std::vector<routing::Route> routes();

    // Of the application, beside its karafka.yml.
    [[nodiscard]] std::filesystem::path file(const std::string& relative) const;

private:
    const AppDescription& app_;
    std::string config_file_;
    std::optional<config::LoadedSettings> loaded_;
};

}  // namespace carafe::cli
