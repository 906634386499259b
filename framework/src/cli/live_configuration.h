#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "cli/file_watch.h"
#include "cli/running_routes.h"
#include "cli/worker_process.h"
#include "cli/worker_routes.h"

namespace carafe::cli {

// Takes edits of karafka.yml into a running worker. What can be taken without a restart is; what
// cannot is named, and waits. A file that is refused changes nothing, and is spoken of once. Used
// by the main thread; the worker must outlive it.
class LiveConfiguration {
public:
    // `in_force` is what the worker was made of.
    LiveConfiguration(
        Session& session, WorkerSelection selection, WorkerRoutes in_force, WorkerProcess& worker
    );

    // To be called a few times a second: looks whether the file has changed.
    void poll();
    // HUP: an operator asks for it, whatever was said of the file before.
    void reload();

private:
    using Clock = std::chrono::steady_clock;
    enum class Result { kApplied, kUnchanged, kRejected, kDeferred };

    void read(bool is_asked);
    Result take(const std::string& text, bool is_asked);
    Result apply(const config::LoadedSettings& loaded, WorkerRoutes next);
    void add_hidden_changes(const config::LoadedSettings& loaded, routing::Plan& plan) const;
    void refuse(const std::string& problems, std::size_t count);
    void note(const routing::Plan& plan, const WorkerRoutes& next);
    void count(Result result);
    void publish();
    [[nodiscard]] int partitions_of(const routing::RouteChange& change, const WorkerRoutes& next)
        const;

    Session& session_;
    const WorkerSelection selection_;
    WorkerProcess& worker_;
    FileWatch watch_;
    std::string mode_;
    WorkerRoutes in_force_;
    routing::Running running_;
    std::int64_t generation_ = 0;
    bool is_refusing_ = false;
    std::size_t waiting_ = 0;               // keys and routes that need a restart
    std::optional<std::string> last_text_;  // that was taken or refused
    std::optional<Clock::time_point> again_at_;
};

}  // namespace carafe::cli
