#pragma once

#include <chrono>
#include <initializer_list>
#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "carafe/postgres/outbox.h"
#include "carafe/settings.h"
#include "postgres/outbox_table.h"
#include "postgres/shard_leases.h"

namespace carafe::postgres {

// The relay's own connection: listens for other processes, tells them of our commits, and waits for
// whatever comes first. Used by the relay's thread only; interrupt() by any.
class RelaySession {
public:
    // A relay looks for rows this often at most: rows that come one by one are read several at a
    // time, as a look costs the server as much as a row. More announcements would wake nobody. At
    // 500 orders a second, 5 ms here are 2 ms more from commit to client (bin/bench realtime
    // latency).
    static constexpr std::chrono::milliseconds kLookEvery{3};

    // Connects; throws Unavailable.
    RelaySession(const DatabaseSettings& settings, const ShardLeases& leases);
    ~RelaySession();
    RelaySession(const RelaySession&) = delete;
    RelaySession& operator=(const RelaySession&) = delete;

    struct Wake {
        bool rows = false;    // another process has written rows
        bool leases = false;  // another relay came, or gave shards back
    };

    // Waits until one of `signals` is readable or a notification comes, at most `timeout`.
    Wake wait(std::initializer_list<const RelaySignal*> signals, std::chrono::milliseconds timeout);

    // Tells other relays that there may be rows for them; coalesced to one each kLookEvery.
    void announce_rows();
    // Sends what announce_rows() put off, when its time has come. Returns the time until then.
    std::chrono::milliseconds announce_due();
    void announce_leases();

    pqxx::connection& connection() { return *connection_; }
    OutboxTable& table() { return table_; }
    [[nodiscard]] int socket() const { return connection_->sock(); }

private:
    class Listener;

    void notify(const char* payload);

    std::unique_ptr<pqxx::connection> connection_;
    OutboxTable table_;
    std::string channel_;
    std::unique_ptr<Listener> listener_;
    std::chrono::steady_clock::time_point announced_at_;
    bool announcement_put_off_ = false;
};

}  // namespace carafe::postgres
