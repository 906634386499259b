#pragma once

#include <chrono>
#include <memory>

#include "http/server_state.h"

namespace carafe::http {

// Pistache's listener: the listening socket, the thread that accepts and the worker threads.
class Acceptor {
public:
    // Binds and listens; throws ConfigurationError when it cannot.
    explicit Acceptor(const std::shared_ptr<ServerState>& state);
    // Stops all threads. The workers must be empty (ServerState), else their clients are cut off.
    ~Acceptor();
    Acceptor(const Acceptor&) = delete;
    Acceptor& operator=(const Acceptor&) = delete;

    [[nodiscard]] int port() const;
    void run();
    // When it returns nothing is accepted any more, new clients are refused by the kernel, and all
    // that was accepted is with its worker.
    void stop_accepting();

private:
    class AcceptLog;
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace carafe::http
