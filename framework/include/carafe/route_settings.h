#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace carafe {

// The section consumer_groups of karafka.yml: which consumer reads which topic, and how. The rest
// is in settings.h.

enum class Delivery { kAtLeastOnce, kExactlyOnce };

// A place in karafka.yml; line and column count from 1.
struct Location {
    int line = 0;
    int column = 0;
};

struct BatchSettings {
    std::size_t max_messages = 500;
    std::chrono::milliseconds max_wait{5};  // how long a batch that is not full may wait to fill
};

// Calls of one partition at the same time (at_least_once only).
struct ParallelSettings {
    std::string by;  // "key": each key in its order; empty: one call at a time, in offset order
    int lanes = 16;  // calls of one partition under way at once, each on a processing thread
};

struct RetrySettings {
    int attempts = 3;  // calls of the handler, the first included
    std::chrono::milliseconds backoff_min{100};
    std::chrono::milliseconds backoff_max{10'000};
    // wait: later records of the partition wait for the failing one. park: only those of its key do
    // (exactly_once).
    std::string order = "wait";
};

// At most so many records in a period; none: 0 records.
struct Rate {
    std::int64_t records = 0;
    std::chrono::milliseconds period{1'000};
};

struct TopicRoute {
    std::string topic;     // or ^regex: every topic whose whole name matches
    std::string consumer;  // a name registered in routes/consumers.cpp
    Delivery delivery = Delivery::kAtLeastOnce;
    BatchSettings batch;
    ParallelSettings parallel;
    RetrySettings retry;
    std::optional<std::string> dead_letter_topic;
    std::chrono::milliseconds deduplicate{0};  // how long an event's id is remembered; 0: not
    Rate rate_limit;                           // over all partitions of the route, per worker
    std::chrono::milliseconds delay{0};        // from a record's timestamp to its handling
    std::chrono::milliseconds tick{0};         // between two calls of BaseConsumer::tick; 0: never
    bool pause = false;
    Location location;
    Location consumer_location;
    Location delivery_location;     // the consumer's when delivery is not given
    Location dead_letter_location;  // of the topic's name
    Location parallel_location;
    Location retry_location;
    Location deduplicate_location;
    // Every key of the route as karafka.yml would write it, defaults included: what tells one edit
    // from another.
    std::map<std::string, std::string> keys;
};

struct ConsumerGroupSettings {
    std::string id;  // Kafka's group.id
    std::vector<TopicRoute> topics;
    Location location;
};

}  // namespace carafe
