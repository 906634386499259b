#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "processing/attempt_store.h"
#include "processing/partition_core.h"

namespace carafe::simulation {

using processing::PartitionCore;
using Time = PartitionCore::Time;

// Something the engine must never do.
class Violation : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

enum class Behaviour {
    kGood,
    kFlaky,        // fails on its first call, or first two
    kPoison,       // fails always
    kUndecodable,  // fails always, and says that it is hopeless
    kMarked,       // fails always, by Batch::fail
    kKiller,       // takes the process with it
};

// One record of a partition's log, what it does to a handler, and what happened to it.
struct Record {
    std::int64_t offset = 0;
    int key = 0;
    Behaviour behaviour = Behaviour::kGood;
    bool names_itself = false;  // the failure says which record of the batch it was
    int flaky_calls = 0;        // that still fail
    Time ready_at{};            // not to be handed out before

    int effects = 0;
    int dead_letters = 0;
    int counted_failures = 0;  // alone, or in the first call of a batch
    int counted_deaths = 0;
    bool skipped = false;  // by a seek
    [[nodiscard]] bool done() const { return effects > 0 || dead_letters > 0 || skipped; }
    [[nodiscard]] bool fails() const {
        return behaviour == Behaviour::kPoison || behaviour == Behaviour::kUndecodable ||
               behaviour == Behaviour::kMarked ||
               (behaviour == Behaviour::kFlaky && flaky_calls > 0);
    }
};

// What Kafka and PostgreSQL keep of one partition.
struct Partition {
    processing::PartitionId id;
    std::vector<Record> log;
    std::size_t published = 0;  // records of the log that exist so far
    int owner = -1;             // the member that Kafka has given it to
    std::uint64_t generation = 0;
    std::int64_t committed = 0;  // in Kafka
    struct Row {
        std::int64_t epoch = 0;
        std::int64_t next_offset = 0;
    };
    std::optional<Row> row;              // in PostgreSQL
    std::map<std::int64_t, int> parked;  // in PostgreSQL: offset, and calls that counted
    int handovers = 0;                   // assignments so far: each may repeat a first attempt
    int zombies = 0;                     // owners that were thought dead and go on (at_least_once)
    std::int64_t last_effect = -1;
};

// A worker's side of one assigned partition: what PartitionRunner and the delivery keep.
struct Assignment {
    Assignment(
        int owner,
        std::size_t place,
        std::uint64_t generation_given,
        const PartitionCore::Policy& policy
    )
        : worker(owner), partition(place), generation(generation_given), core(policy) {}

    int worker;
    std::size_t partition;
    std::uint64_t generation;
    PartitionCore core;
    std::optional<PartitionCore::Command> under_way;
    bool released = false;
    bool membership_lost = false;
    bool proven = false;

    std::vector<std::size_t> chunk;  // places in the log
    std::size_t fetched = 0;         // place of the next record the client delivers
    std::int64_t start_offset = 0;
    std::int64_t position = 0;
    std::optional<Time> more_at;  // what the core was told at the last drain
    processing::History history;
    std::optional<std::int64_t> to_store;
    std::int64_t failed_alone = -1;  // the last record that failed alone
    std::optional<Time> failed_alone_at;
    std::map<std::int64_t, Time> parked_failed_at;
    Time paused_until{};
    std::int64_t consumed_below = 0;     // marked by the handler
    std::optional<std::int64_t> sought;  // where the next call must begin

    // The exactly_once delivery.
    std::int64_t epoch = 0;
    std::int64_t delivered_to = 0;
    std::optional<std::int64_t> doubt;
};

// What a transaction of the delivery does besides moving the position.
struct Change {
    std::vector<Record*> done{};  // take effect, or become dead letters
    bool dead_letter = false;
    std::map<std::int64_t, int> parks{};
    std::optional<std::int64_t> unparks{};
    std::optional<std::int64_t> seeks{};
};

// What a history is like; drawn from the seed.
struct Setting {
    bool exactly_once = false;
    bool crashes = false;
    bool rebalances = false;
    bool outages = false;
    bool delays = false;
    std::size_t partitions = 3;
    std::size_t workers = 2;
    PartitionCore::Policy policy;
};

}  // namespace carafe::simulation
