#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace carafe::bench {

// A server in a process of its own, started with the port as its last argument. Killed with this
// object.
class MeasuredServer {
public:
    // Returns once it listens; throws when it does not within ten seconds.
    MeasuredServer(std::vector<std::string> command, int port);
    ~MeasuredServer();
    MeasuredServer(const MeasuredServer&) = delete;
    MeasuredServer& operator=(const MeasuredServer&) = delete;

    [[nodiscard]] int port() const { return port_; }
    [[nodiscard]] double resident_kib() const;
    [[nodiscard]] double peak_kib() const;
    [[nodiscard]] double cpu_seconds() const;

private:
    [[nodiscard]] double status_kib(const std::string& name) const;

    const int port_;
    pid_t pid_ = -1;
};

}  // namespace carafe::bench
