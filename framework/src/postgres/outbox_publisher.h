#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "carafe/postgres/outbox.h"
#include "carafe/producer.h"
#include "postgres/outbox_table.h"

namespace carafe::postgres {

// Hands rows to a producer, keeps book of those in flight and sorts what became of them. While
// anything of a (topic, key) is in flight, nothing that came later of it is handed over: so the
// first publication of each keeps the order of the ids, whatever fails. No SQL here. Used by the
// relay's thread only; the producer's may report at any time.
class OutboxPublisher {
public:
    struct Refusal {
        OutboxRowId row;
        std::string topic;
        std::string error;
    };
    struct Outcome {
        std::vector<OutboxRowId> acknowledged;
        std::vector<OutboxRowId> acknowledged_parked;
        std::vector<Refusal> refused;  // of a parked row nobody is told: it stays where it is
        std::size_t failed = 0;  // to be tried again: the broker, or their topic, did not take them
        std::map<std::string, std::string> failures{};  // of these: topic -> its last error

        // Something is in flight no longer.
        [[nodiscard]] bool has_ended() const {
            return failed + acknowledged.size() + acknowledged_parked.size() + refused.size() > 0;
        }
    };

    // A record is in flight for this long when all is well: leases must outlast it.
    static constexpr std::chrono::milliseconds kTimeout{1'000};

    OutboxPublisher();

    // Hands over those of `rows` that may go now; they are in id order per shard. Returns how many.
    // Throws what the producer throws: those before are in flight then, the others are not.
    std::size_t hand_over(Producer& producer, std::vector<OutboxRow>& rows);
    // Readable when collect() has something to tell.
    [[nodiscard]] const RelaySignal& reported() const;
    // What became of rows since the last call.
    Outcome collect();
    // The producer is destroyed: what it did not acknowledge counts as never handed over.
    Outcome give_up();

    // Nothing is in flight, and everything is told.
    [[nodiscard]] bool idle() const;
    // So much is in flight, without what is overdue, that more would only fill memory.
    [[nodiscard]] bool full() const;
    // Rows that hand_over() left behind wait for those in flight.
    [[nodiscard]] bool has_postponed() const { return has_postponed_; }
    void add_in_flight(std::vector<OutboxRowId>& rows) const;
    // Looks for records in flight for longer than `time`: overdue. Returns how many of each topic.
    std::map<std::string, std::size_t> find_overdue(std::chrono::milliseconds time);

private:
    using Clock = std::chrono::steady_clock;
    class Inbox;

    struct Sent {
        OutboxRowId id;
        bool is_parked = false;
        Record record;  // its payload is librdkafka's by now
        std::string key;
        std::size_t bytes = 0;
        Clock::time_point at;
        std::chrono::system_clock::time_point start;
    };
    struct Load {
        std::size_t rows = 0;
        std::size_t bytes = 0;
    };
    struct Busy {
        std::size_t records = 0;
        std::uint64_t call = 0;  // of hand_over, that all of them came with
    };

    [[nodiscard]] bool is_busy(const std::string& key) const;
    bool is_held_back(const std::string& key);
    void send(Producer& producer, OutboxRow& row, const std::string& key, std::size_t bytes);
    Sent end(std::int64_t id);
    Outcome sort(std::vector<std::string>& failed_keys);
    void hold_back(const std::vector<std::string>& keys);

    const std::shared_ptr<Inbox> inbox_;
    std::uint64_t call_ = 0;
    std::unordered_map<std::int64_t, Sent> sent_;
    std::unordered_map<std::string, Busy> busy_;
    std::size_t bytes_in_flight_ = 0;
    Load overdue_;  // when somebody last looked
    bool has_postponed_ = false;
    std::vector<Refusal> defective_;  // not yet told
    Clock::time_point acknowledged_at_{};

    // Keys that failed while others went through: left alone for a moment, so that they do not keep
    // everybody busy. (topic, key) -> until when.
    std::unordered_map<std::string, Clock::time_point> held_back_;
};

}  // namespace carafe::postgres
