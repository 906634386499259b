#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace carafe::cli {

// Talks to the service manager that started us, as NOTIFY_SOCKET and WATCHDOG_USEC say (systemd's
// Type=notify); without them it does nothing. Used by the main thread.
class ServiceManager {
public:
    ServiceManager();

    void ready();
    void stopping();
    // To be called a few times a second: says that all is well, as often as it is asked for.
    void alive();

private:
    using Clock = std::chrono::steady_clock;
    void say(const std::string& what) const;

    std::string socket_;
    std::optional<std::chrono::microseconds> period_;
    Clock::time_point next_{};
};

}  // namespace carafe::cli
