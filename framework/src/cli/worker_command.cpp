#include <unistd.h>

#include <csignal>
#include <memory>

#include "carafe/application.h"
#include "carafe/log.h"
#include "cli/commands.h"
#include "cli/live_configuration.h"
#include "cli/service_manager.h"
#include "cli/worker_process.h"
#include "cli/worker_routes.h"

namespace carafe::cli {

namespace {

// How often karafka.yml is looked at.
constexpr auto kWait = std::chrono::milliseconds(250);

// Until a signal says stop.
void serve(Signals& signals, WorkerProcess& worker, LiveConfiguration& configuration) {
    ServiceManager manager;
    manager.ready();
    while (true) {
        switch (signals.wait(kWait)) {
            case SIGTERM:
            case SIGINT:
                manager.stopping();
                return;
            case SIGTTIN:
                worker.log_status();
                break;
            case SIGHUP:
                configuration.reload();
                break;
            case SIGTSTP:
                log::info("worker quiet: what is in hand is finished, nothing new is taken");
                worker.be_quiet();
                break;
            default:
                break;
        }
        if (worker.is_live()) {
            manager.alive();
        }
        configuration.poll();
        worker.tidy();
    }
}

int run(Session& session, const WorkerSelection& selection) {
    Signals signals;  // before any thread
    WorkerRoutes found =
        worker_routes({session.app(), session.loaded(), session.config_file(), selection, false});
    WorkerProcess worker(session.settings(), found.routes, found.partitions);
    if (session.app().prepare_worker) {
        session.app().prepare_worker(worker.context());
    }
    worker.start();
    LiveConfiguration configuration(session, selection, std::move(found), worker);
    serve(signals, worker, configuration);
    log::info("worker stopping");
    if (!worker.stop()) {
        log::error("stopped past worker.shutdown_timeout; what was in flight will be done again");
        log::flush();
        _exit(kDeadline);  // a handler is stuck: nothing can be destroyed under it
    }
    log::info("worker stopped");
    return kOk;
}

}  // namespace

void add_worker_command(CommandTable& table) {
    const auto options = std::make_shared<WorkerSelection>();
    Subcommand command = table.add(
        table.root(),
        "worker",
        "Run consumers until TERM; HUP takes an edited karafka.yml, TSTP takes nothing new, TTIN "
        "logs "
        "what each group is doing. Health and metrics are on OPS_PORT (9300)",
        table.root().name() + " worker --groups shop-orders"
    );
    command.option("--groups", options->groups, "Only these consumer groups").separated_by(',');
    command.option("--topics", options->topics, "Only these topics").separated_by(',');
    table.runs(command, [options](Session& session) { return run(session, *options); });
}

}  // namespace carafe::cli
