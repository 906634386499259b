#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "carafe/postgres/relay.h"
#include "instrumentation/repeats.h"
#include "postgres/outbox_publisher.h"
#include "postgres/relay_load.h"
#include "postgres/relay_session.h"

namespace carafe::postgres {

// What a relay's thread does, one turn at a time: rows are read and handed over while others are in
// flight. What it knows (leases, the producer, what was acknowledged but not yet deleted) outlives
// a lost connection.
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
    // One turn: wait for something to do, and do what is due. Throws when the database is away:
    // close() then, and open() again.
    void step();
    // Waits for what is in flight, not for long, and gives the leases back.
    void release();
    void close() { session_.reset(); }

private:
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] bool owns_everything() const;
    [[nodiscard]] bool will_look() const;
    RelaySession::Wake wait();
    std::chrono::milliseconds time_to_wait();
    [[nodiscard]] Clock::time_point next_look() const;
    void renew_leases();
    void publish_rows();
    void warm_up();
    void hand_over(std::vector<OutboxRow>& rows);
    void replace_producer();
    void settle(const OutboxPublisher::Outcome& outcome);
    void remove_acknowledged();
    void park(const OutboxPublisher::Refusal& refusal);
    void unpark(const std::vector<OutboxRowId>& heads);
    void set_followers_aside(std::vector<OutboxRow>& rows);
    void retry_parked();
    void look_for_overdue();
    void warn_of_topic(const std::string& topic, const std::string& error);
    void back_off();

    const DatabaseSettings settings_;
    const Relay::ProducerFactory make_producer_;
    const Signals signals_;
    ShardLeases leases_;
    RelayLoad load_;
    std::unique_ptr<RelaySession> session_;
    std::unique_ptr<Producer> producer_;
    OutboxPublisher publisher_;
    std::vector<OutboxRowId> acknowledged_;
    log::Repeats repeats_;

    bool rows_wait_ = false;  // probably: look again soon
    bool parked_ = false;     // something is, in our shards
    Clock::time_point looked_at_{};
    Clock::duration rest_{};  // after a look, before the next
    Clock::time_point removed_at_{};
    Clock::time_point retry_parked_at_{};
    Clock::time_point overdue_sought_at_{};
    std::vector<std::string> shut_topics_;  // so much of them is overdue that no more is read
    Clock::time_point broker_away_until_{};
    std::chrono::milliseconds broker_backoff_;
    // Nothing more is handed over before what is in flight has ended, as others are to have shards.
    std::optional<Clock::time_point> draining_since_{};
};

// Waits until `signal` is notified, at most `time`; does not take it.
void wait_for(const RelaySignal& signal, std::chrono::milliseconds time);

}  // namespace carafe::postgres
