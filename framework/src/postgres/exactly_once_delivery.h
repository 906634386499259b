#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "carafe/postgres/outbox.h"
#include "carafe/postgres/pool.h"
#include "carafe/postgres/transactional_consumer.h"
#include "processing/parking.h"

namespace carafe::postgres {

// The handler let its transaction idle until the server ended it. It looks like an outage and is
// the handler's fault: an attempt is counted.
class IdleTransaction : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What deliveries share; all of it outlives them. `owner` names this process in consumer_offsets.
struct ExactlyOnce {
    Pool& pool;
    RelaySignal& signal;
    std::string owner;
    bool deduplicates = false;  // an event is handled once, though it was published twice
};

// exactly_once: a batch's effects and the partition's next offset commit in one transaction, fenced
// by the epoch that claim() took. A commit whose outcome was lost is looked up; while the database
// does not answer, every call throws TransientError, and the next one looks again.
class ExactlyOnceDelivery final : public processing::Delivery, public processing::ParkingDelivery {
public:
    // Throws std::logic_error when `consumer` is not a TransactionalConsumer.
    ExactlyOnceDelivery(
        ExactlyOnce shared, processing::PartitionId partition, BaseConsumer& consumer
    );

    void topic_is(const std::string& topic_id) override { topic_id_ = topic_id; }
    std::int64_t claim(std::int64_t committed_offset) override;
    void deliver(const Batch& batch, std::int64_t next_offset) override;
    void dead_letter(const processing::DeadLetter& dead_letter, std::int64_t next_offset) override;
    void produce(const std::vector<Record>& records) override;

    // order: park; in exactly_once_parking.cpp.
    std::vector<processing::ParkedRecord> parked() override;
    void deliver_and_park(
        const Batch& batch, const processing::Parking& parking, std::int64_t next_offset
    ) override;
    std::unique_ptr<processing::ParkedMessage> find_parked(std::int64_t offset) override;
    void retry_parked(const Batch& alone) override;
    void dead_letter_parked(const processing::DeadLetter& dead_letter) override;

private:
    using Effects = std::function<void(pqxx::work&)>;

    void transact(std::int64_t next_offset, const Effects& effects);
    void attempt(std::int64_t next_offset, const Effects& effects);
    void handle(const Batch& batch, pqxx::work& tx);
    void call_consumer(const Batch& batch, pqxx::work& tx);
    void fence(pqxx::work& tx, std::int64_t next_offset);
    void move_position(pqxx::work& tx, std::int64_t next_offset, std::int64_t offset) const;
    void blame_idle_handler();
    void settle_doubt();
    std::optional<std::int64_t> read_position();
    [[noreturn]] void throw_fenced() const;

    const ExactlyOnce shared_;
    const processing::PartitionId partition_;
    TransactionalConsumer& consumer_;
    std::string topic_id_;
    std::int64_t epoch_ = 0;
    std::int64_t position_ = 0;  // what this epoch last read or wrote
    std::chrono::steady_clock::time_point handling_since_;
    pqxx::work* handling_ = nullptr;     // the transaction that the consumer has right now
    std::optional<std::int64_t> doubt_;  // a commit of this next_offset had no answer
};

// For the routes with `delivery: exactly_once`.
processing::DeliveryFactory exactly_once(ExactlyOnce shared);

}  // namespace carafe::postgres
