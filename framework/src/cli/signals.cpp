#include <csignal>
#include <ctime>

#include "carafe/application.h"

namespace carafe {

namespace {

sigset_t waited_for() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGTSTP, SIGTTIN}) {
        sigaddset(&set, signal);
    }
    return set;
}

}  // namespace

Signals::Signals() {
    const sigset_t set = waited_for();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    // A peer that went away is an error of its socket, not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);
}

int Signals::wait(std::chrono::milliseconds timeout) {
    constexpr std::int64_t kMsPerSecond = 1000;
    constexpr std::int64_t kNsPerMs = 1'000'000;
    const sigset_t set = waited_for();
    timespec wait{};
    wait.tv_sec = static_cast<time_t>(timeout.count() / kMsPerSecond);
    wait.tv_nsec = static_cast<long>((timeout.count() % kMsPerSecond) * kNsPerMs);
    const int signal = sigtimedwait(&set, nullptr, &wait);
    return signal < 0 ? 0 : signal;
}

}  // namespace carafe
