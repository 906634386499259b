#pragma once

#include <chrono>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "carafe/producer.h"
#include "postgres/outbox_table.h"

namespace carafe::postgres {

// Hands rows to a producer so that the first publication of each (topic, key) keeps the order of
// the ids, and sorts what became of them. No SQL here.
class OutboxPublisher {
public:
    struct Refusal {
        OutboxRowId row;
        std::string topic;
        std::string error;
    };
    struct Outcome {
        std::vector<OutboxRowId> acknowledged;
        std::vector<Refusal> refused;
        std::size_t failed = 0;  // to be tried again: the broker, or their topic, did not take them
        std::map<std::string, std::string> failures{};  // of these: topic -> its last error
        std::size_t postponed = 0;                      // not handed to the producer this time
    };

    // The timeout of one call of the producer: leases must outlast it.
    static constexpr std::chrono::milliseconds kTimeout{1'000};

    // `rows` are in id order per shard. Throws what the producer throws.
    Outcome publish(Producer& producer, std::vector<OutboxRow>& rows);

private:
    using Clock = std::chrono::steady_clock;

    struct Sending {
        std::vector<OutboxRowId> ids;
        std::vector<Record> records;
    };

    bool held_back(const std::string& key);
    void sort(const Sending& sending, const std::vector<DeliveryReport>& reports, Outcome& outcome);
    void hold_back(const Sending& sending, const std::vector<std::size_t>& failed);

    // Keys that failed while others went through: left alone for a moment, so that they do not hold
    // up every round. (topic, key) -> until when.
    std::unordered_map<std::string, Clock::time_point> held_back_;
};

}  // namespace carafe::postgres
