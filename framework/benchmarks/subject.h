#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace carafe::bench {

// One measured run: read `messages` records of `topic` from its beginning, as fast as possible,
// and sum up every payload. Each run is a process of its own.
struct Job {
    std::string brokers;
    std::string topic;
    std::string group;
    int partitions = 6;
    std::int64_t messages = 0;
    std::chrono::microseconds wait{5'000};  // of a waiting handler, for each record
};

struct Outcome {
    double seconds = 0;          // from the first record to the last
    std::uint64_t checksum = 0;  // of a waiting handler: the microseconds it took, in all
};

// The same for all subjects, so that none is measured with better settings.
std::map<std::string, std::string> consumer_properties(const Job& job);

// Reads every payload once; what a handler that does nothing else would at least do.
inline std::uint64_t checksum(std::string_view payload) {
    std::uint64_t sum = payload.size();
    for (std::size_t index = 0; index + 8 <= payload.size(); index += 8) {
        std::uint64_t word = 0;
        __builtin_memcpy(&word, payload.data() + index, sizeof word);
        sum += word;
    }
    return sum;
}

Outcome plain_loop(const Job& job);            // rd_kafka_consume_batch_queue, one thread
Outcome partition_queue_loop(const Job& job);  // a queue per partition, one thread
Outcome engine_per_batch(const Job& job);      // Carafe, one handler call per batch
Outcome engine_per_message(const Job& job);    // Carafe, a handler that loops over max_messages 1
Outcome engine_lanes(const Job& job);          // Carafe, keys in parallel
constexpr int kWaitingThreads = 100;
// Carafe, keys in parallel on that many threads, with a handler that waits.
Outcome engine_waiting_lanes(const Job& job);
// How often in a second that many threads wait when they do nothing else: what the machine allows.
double waits_of_threads_alone(const Job& job);

// Produce `messages` records of 200 bytes, and wait for every acknowledgement.
Outcome plain_produce(const Job& job);         // rd_kafka_produce, callbacks polled in the loop
Outcome carafe_produce_many(const Job& job);   // Producer::produce, 20,000 records a call
Outcome carafe_produce_async(const Job& job);  // a future for each record, 20,000 at a time

}  // namespace carafe::bench
