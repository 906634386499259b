#pragma once

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "integration/cli/binary.h"

namespace carafe::spec {

// `worker` of a Binary on a thread of this process, with any free port for its ops server. The
// process' signals must be those of a Signals that outlives it.
class RunningWorker {
public:
    explicit RunningWorker(const Binary& binary) : binary_(binary) { setenv("OPS_PORT", "0", 1); }
    ~RunningWorker() {
        stop();
        unsetenv("OPS_PORT");
    }
    RunningWorker(const RunningWorker&) = delete;
    RunningWorker& operator=(const RunningWorker&) = delete;

    void start() {
        thread_ = std::thread([this] { binary_.run_quietly({"worker"}); });
    }
    void stop() {
        if (thread_.joinable()) {
            kill(getpid(), SIGTERM);
            thread_.join();
        }
    }

private:
    const Binary& binary_;
    std::thread thread_;
};

}  // namespace carafe::spec
