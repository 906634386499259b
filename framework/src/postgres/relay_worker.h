#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "carafe/postgres/relay.h"
#include "instrumentation/repeats.h"
#include "postgres/outbox_publisher.h"
#include "postgres/relay_session.h"

namespace carafe::postgres {

// What a relay's thread does, one turn at a time. What it knows (leases, the producer, what was
// acknowledged but not yet deleted) outlives a lost connection.
class RelayWorker {
public:
    struct Signals {
        RelaySignal& rows;
        const RelaySignal& stop;
    };

    RelayWorker(
        DatabaseSettings settings,
        Relay::ProducerFactory make_producer,
        const Signals& signals,
        const std::string& owner
    );

    // Connects to the database; returns the socket. Throws Unavailable.
    int open();
    // One turn: wait for something to do, renew what is due, publish one round. Throws when the
    // database is away: close() then, and open() again.
    void step();
    // Gives the leases back.
    void release();
    void close() { session_.reset(); }

private:
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] bool owns_everything() const;
    std::chrono::milliseconds time_to_wait();
    void renew_leases();
    bool publish_round();
    void warm_up();
    OutboxPublisher::Outcome attempt(std::vector<OutboxRow>& rows);
    void settle(const OutboxPublisher::Outcome& outcome);
    void remove_acknowledged();
    void park(const OutboxPublisher::Refusal& refusal);
    void set_followers_aside(std::vector<OutboxRow>& rows);
    void retry_parked();
    void back_off(const OutboxPublisher::Outcome& outcome);

    const DatabaseSettings settings_;
    const Relay::ProducerFactory make_producer_;
    const Signals signals_;
    ShardLeases leases_;
    std::unique_ptr<RelaySession> session_;
    std::unique_ptr<Producer> producer_;
    OutboxPublisher publisher_;
    std::vector<OutboxRowId> acknowledged_;
    std::chrono::milliseconds broker_backoff_;
    log::Repeats repeats_;
    Clock::time_point retry_parked_at_;
    bool parked_ = false;  // something is, in our shards
    bool more_ = false;    // the last round was not the end
};

// Waits until `signal` is notified, at most `time`; does not take it.
void wait_for(const RelaySignal& signal, std::chrono::milliseconds time);

}  // namespace carafe::postgres
