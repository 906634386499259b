#pragma once

#include <cstdint>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

namespace carafe::postgres {

// What the outbox holds of one topic.
struct OutboxTopic {
    std::string topic;
    std::int64_t waiting = 0;
    double oldest_seconds = 0;  // of those that wait
    std::int64_t parked = 0;    // refused by the broker, with those behind them
    std::string error;          // why, of the first of them
};

// By topic; none that has neither. At most 100 topics.
std::vector<OutboxTopic> outbox_by_topic(pqxx::transaction_base& tx);

// A session of the database whose transaction holds a lock that somebody waits for. What the
// server does not show to our role is empty.
struct LockHolder {
    int pid = 0;
    std::string application;
    std::string state;              // active, idle in transaction
    std::optional<double> seconds;  // since its transaction began
};

// Who holds up the sessions of one application. They wait for a lock for no longer than
// lock_timeout and come again after a pause: a holder is therefore remembered until its transaction
// has ended. Used by one thread.
class LockWatch {
public:
    // `application`: as the sessions that wait are named.
    explicit LockWatch(std::string application) : application_(std::move(application)) {}

    // The longest first; none whose transaction is younger than a second.
    std::vector<LockHolder> look(pqxx::transaction_base& tx);

private:
    const std::string application_;
    std::vector<std::string> known_;  // pid and begin of a transaction
};

// What the workers that were heard of lately have written down as their problems, each with its
// worker's name.
std::vector<std::string> problems_of_workers(pqxx::transaction_base& tx);

}  // namespace carafe::postgres
