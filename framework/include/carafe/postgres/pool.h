#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <pqxx/pqxx>
#include <string>
#include <vector>

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
// what pg_stat_activity shows. Throws Unavailable.
std::unique_ptr<pqxx::connection> connect(
    const DatabaseSettings& settings, const std::string& application_name
);

// A bounded pool of connections, opened as needed. Thread-safe. Must outlive its leases.
class Pool {
public:
    Pool(DatabaseSettings settings, std::string application_name);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // Exclusive use of one connection; goes back to the pool when destroyed. A connection that
    // broke, or that was left in an unknown state, is closed instead.
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

    // Waits up to pool_timeout for a free connection. Throws Unavailable.
    Lease acquire();

    [[nodiscard]] const DatabaseSettings& settings() const { return settings_; }

private:
    void give_back(std::unique_ptr<pqxx::connection> connection);

    const DatabaseSettings settings_;
    const std::string application_name_;
    std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<std::unique_ptr<pqxx::connection>> idle_;
    int open_ = 0;
};

}  // namespace carafe::postgres
