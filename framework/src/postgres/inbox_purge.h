#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "carafe/postgres/pool.h"
#include "instrumentation/repeats.h"

namespace carafe::postgres {

// Deletes ids from the inbox that are older than their route remembers them, on a thread of its
// own: some hundreds in a transaction, then a pause, so that nobody waits for it. Several workers
// may do so at once.
class InboxPurge {
public:
    struct Rule {
        std::string group;
        std::string topic;
        bool is_pattern = false;  // `topic` is a regular expression
        std::chrono::milliseconds age{};
    };
    struct Pace {
        std::size_t rows = 500;  // in one transaction
        std::chrono::milliseconds pause{50};
        std::chrono::milliseconds period{60'000};  // between two rounds
    };

    // `pool` must outlive it.
    InboxPurge(Pool& pool, std::vector<Rule> rules) : InboxPurge(pool, std::move(rules), Pace{}) {}
    InboxPurge(Pool& pool, std::vector<Rule> rules, Pace pace);
    ~InboxPurge() { stop(); }
    InboxPurge(const InboxPurge&) = delete;
    InboxPurge& operator=(const InboxPurge&) = delete;

    void start();
    // Idempotent.
    void stop();

private:
    void run(const std::stop_token& stop);
    void apply(const Rule& rule, const std::stop_token& stop);
    void pause(const std::stop_token& stop, std::chrono::milliseconds time);
    // Returns how many went.
    std::size_t step(const Rule& rule);

    Pool& pool_;
    const std::vector<Rule> rules_;
    const Pace pace_;
    log::Repeats repeats_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;
};

}  // namespace carafe::postgres
