#pragma once

#include <cstddef>
#include <memory>
#include <pqxx/pqxx>
#include <string>

#include "carafe/errors.h"
#include "carafe/settings.h"

namespace carafe::postgres {

// No connection was free within DatabaseSettings::pool_timeout, or the server cannot be reached.
// Transient: consumers back off, HTTP answers 503 with Retry-After.
class Unavailable : public TransientError {
public:
    using TransientError::TransientError;
};

// Opens one connection with the time-outs of `settings` in force (statement, lock, idle in
// transaction, connect, TCP) and libpqxx's silent reconnecting switched off. `application_name` is
// what pg_stat_activity shows. Throws Unavailable when the server cannot be reached, and
// ConfigurationError for a URL that libpq does not understand; neither message holds the password.
std::unique_ptr<pqxx::connection> connect(
    const DatabaseSettings& settings, const std::string& application_name
);

// A bounded pool of connections, opened as needed on a thread of its own, so that a server that
// does not answer never holds a caller past pool_timeout. Thread-safe. Must outlive its leases.
class Pool {
public:
    Pool(DatabaseSettings settings, std::string application_name);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // Exclusive use of one connection; goes back to the pool when destroyed, so destroy your
    // transaction first. A connection that broke is closed instead, and a new one replaces it.
    // Session state (SET, LISTEN, temporary tables) is not reset: do not leave any.
    class Lease {
    public:
        Lease(Pool& pool, std::unique_ptr<pqxx::connection> connection);
        ~Lease();
        Lease(Lease&& other) noexcept;
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        Lease& operator=(Lease&&) = delete;

        pqxx::connection& operator*() const { return *connection_; }
        pqxx::connection* operator->() const { return connection_.get(); }
        // The connection must not be used again (its transaction's fate is unknown, say).
        void discard();

    private:
        Pool* pool_;
        std::unique_ptr<pqxx::connection> connection_;
        bool discarded_ = false;
    };

    // Waits up to pool_timeout for a free connection; those who wait longest come first. Throws
    // Unavailable; while the server is away it does so at once, not after pool_timeout each time.
    Lease acquire();

    // How many callers wait for a connection right now.
    [[nodiscard]] std::size_t waiting() const;

    [[nodiscard]] const DatabaseSettings& settings() const { return settings_; }

private:
    class State;

    void give_back(std::unique_ptr<pqxx::connection> connection, bool usable) noexcept;

    const DatabaseSettings settings_;
    std::unique_ptr<State> state_;
};

}  // namespace carafe::postgres
