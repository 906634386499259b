#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "carafe/producer.h"

namespace carafe {

// How far a consumer group has come with what a transaction was made of.
struct ConsumedPosition {
    std::string topic;
    std::int32_t partition = 0;
    std::int64_t next_offset = 0;
};
struct Consumed {
    std::string group;
    std::vector<ConsumedPosition> positions;  // may be empty: the records alone
};

// Another producer with the same id has started since: it has taken over. Nothing of this call took
// effect, and nothing of this producer's will again.
class ProducerFenced : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// From Kafka to Kafka: records and the positions they came from become visible together, or not at
// all (to readers with isolation.level=read_committed, as ours are). Effects elsewhere are not part
// of it: for those in PostgreSQL see postgres::TransactionalConsumer. Thread-safe; one transaction
// at a time.
//
// The id names the work, not the process: one for each partition that is consumed, say
// "group-topic-7", so that who gets the partition next fences whoever had it before.
class TransactionalProducer {
public:
    virtual ~TransactionalProducer() = default;

    // One transaction. Throws ProducerFenced; carafe::TransientError when the broker was away or
    // too slow: it is not known then whether it took effect, and the group's committed positions
    // tell; std::runtime_error when a record was refused for its own sake, and nothing took effect.
    virtual void commit(
        const std::vector<Record>& records,
        const Consumed& consumed,
        std::chrono::milliseconds timeout
    ) = 0;
};

// Connects with the first commit, which ends what an earlier producer of that id left open and
// fences it. `properties` are librdkafka's. Throws ConfigurationError for one that it refuses.
std::unique_ptr<TransactionalProducer> make_transactional_producer(
    const std::string& id, const std::map<std::string, std::string>& properties
);

}  // namespace carafe
