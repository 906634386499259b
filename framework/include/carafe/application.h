#pragma once

#include <functional>
#include <memory>
#include <string>

#include "carafe/consumers.h"
#include "carafe/settings.h"

namespace pqxx {
class transaction_base;
}

namespace carafe {

struct DeadLetter;

// One command of the binary: `shop web`. `run` returns the exit code.
struct Command {
    std::string name;
    std::string description;
    std::function<int(const Settings&)> run;
};

namespace postgres {
class RelaySignal;
}

// A worker that is about to start, as its app needs to know it to make what its consumers work
// with.
struct WorkerContext {
    const Settings& settings;
    // Of the worker's own relay: notify it after a transaction of yours that wrote to the outbox.
    postgres::RelaySignal& relay;
};

// The whole program of an app: reads karafka.yml (CARAFE_CONFIG or --config), sets logging up, and
// runs the framework's subcommands (worker, dlq, topics, db, config, routes, ...) and the app's own
// (web, realtime, ...). main() is `return app.run(argc, argv);`.
//
// Exit codes: 0 ok, 1 failed, 2 usage or configuration, 3 stopped past its shutdown deadline.
class Application {
public:
    explicit Application(std::string name);
    ~Application();
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;

    // routes/consumers.cpp
    void consumers(const std::function<void(Consumers&)>& draw);
    // Called by the command `worker`, before the first consumer is made; both members of the
    // context live as long as the worker.
    void on_worker(std::function<void(const WorkerContext&)> prepare);
    // Where the app's migrations are, relative to karafka.yml. Default: db/migrate.
    void migrations(std::string directory);
    // A file of SQL that `db seed` runs. Default: db/seeds.sql.
    void seeds(std::string file);
    void command(Command command);
    // What to do when an operator discards a dead letter, in the same transaction (see
    // postgres/redrives.h). One hook for all topics: dead_letter.origin tells them apart.
    void on_discard(
        std::function<void(pqxx::transaction_base& tx, const DeadLetter& dead_letter)> hook
    );

    int run(int argc, char** argv);

    class Implementation;

private:
    std::unique_ptr<Implementation> implementation_;
};

// Blocks SIGTERM, SIGINT, SIGHUP, SIGTSTP and SIGTTIN in this thread and those it starts, and waits
// for one. Made first in main, before any thread.
class Signals {
public:
    Signals();
    // The next signal of the five, or 0 after `timeout`.
    int wait(std::chrono::milliseconds timeout);
};

}  // namespace carafe
