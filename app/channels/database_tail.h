#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "app/events/happening.h"
#include "app/models/database.h"
#include "app/models/event_history.h"

namespace shop {

// Follows domain_events while Kafka cannot be relied on, so that what was committed reaches the
// browsers all the same. It begins a minute back and ends only when everything committed before
// Kafka was well again has been seen: a reader of both misses nothing at either change, and what
// comes twice is the feed's to drop. One thread; PostgreSQL away only pauses it.
class DatabaseTail {
public:
    struct Source {
        // How long no broker has answered; whether there is a position on every partition.
        std::function<std::chrono::milliseconds()> kafka_silence;
        std::function<bool()> kafka_ready;
        std::function<void(const Happening&)> offer;
    };

    DatabaseTail(Database database, Source source);
    ~DatabaseTail() = default;
    DatabaseTail(const DatabaseTail&) = delete;
    DatabaseTail& operator=(const DatabaseTail&) = delete;

    // Whether events come from PostgreSQL right now. Thread-safe.
    [[nodiscard]] bool is_following() const { return is_following_; }

private:
    using Clock = std::chrono::steady_clock;
    struct Sample {
        Clock::time_point at;
        TransactionId oldest_running;
    };

    void run(const std::stop_token& stop);
    // What to do next, and how soon.
    std::chrono::milliseconds step();
    void look();
    void begin(const char* why);
    void follow();
    [[nodiscard]] const char* trouble() const;

    Database database_;
    const Source source_;
    std::deque<Sample> samples_;
    std::chrono::milliseconds oldest_unpublished_{0};
    Clock::time_point next_look_{};
    TransactionId from_;
    std::optional<TransactionId> until_;  // Kafka has been well since before this one
    std::atomic<bool> is_following_{false};
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;  // last: it uses the others
};

}  // namespace shop
