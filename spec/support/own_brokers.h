#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/child_process.h"

namespace carafe::spec {

// Brokers of a spec's own, to be killed and started again with their data, which lies in `folder`.
// Killed at the end. Throws when one does not start.
class OwnBrokers {
public:
    explicit OwnBrokers(std::string folder, int count = 1);

    // Numbers from 0.
    void start(int number = 0);
    void kill_now(int number = 0) { processes_[static_cast<std::size_t>(number)]->end(SIGKILL); }
    // bootstrap.servers
    [[nodiscard]] std::string address() const;

private:
    [[nodiscard]] std::unique_ptr<ChildProcess> run(int node) const;

    const std::string folder_;
    const int count_;
    const int port_;
    const int controller_;
    std::vector<std::unique_ptr<ChildProcess>> processes_;
};

// KAFKA_BROKERS, which the fixtures read, for a while.
class NamedBrokers {
public:
    explicit NamedBrokers(const std::string& brokers);
    ~NamedBrokers();
    NamedBrokers(const NamedBrokers&) = delete;
    NamedBrokers& operator=(const NamedBrokers&) = delete;

private:
    const std::string before_;
};

}  // namespace carafe::spec
