#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "carafe/postgres/outbox.h"
#include "carafe/producer.h"
#include "carafe/settings.h"

namespace carafe::postgres {

// Publishes the outbox to Kafka on a thread of its own: leases shards, produces their rows in id
// order, deletes each row after the broker's acknowledgement. Any number of relays may run, in any
// number of processes; one has all shards until it is too busy. A row the broker refuses for its
// own sake (too large, no such topic) moves with the later ones of its (topic, key) to the table
// outbox_parked, with an error in the log; they are tried again every 30 s and when a relay starts.
// Nothing is dropped.
class Relay {
public:
    // Makes a producer; called again when one threw, and after a lost lease: relay_producers(), or
    // one of your own, which needs message.timeout.ms=0 (a finite one can invert a key over an
    // outage).
    using ProducerFactory = std::function<std::unique_ptr<Producer>()>;

    // `signal` must outlive the relay. `owner` names this relay in the lease table.
    Relay(
        DatabaseSettings settings,
        ProducerFactory make_producer,
        RelaySignal& signal,
        const std::string& owner
    );
    // Stops if still running.
    ~Relay();
    Relay(const Relay&) = delete;
    Relay& operator=(const Relay&) = delete;

    void start();
    // Finishes the records in flight (at most 5 s), gives the leases back, joins. Idempotent.
    void stop();

    class Implementation;

private:
    std::unique_ptr<Implementation> implementation_;
};

// Makes producers for a relay. `kafka` are librdkafka's properties, by their own names, and go
// before what a relay wants: linger.ms=0, as rows that wait come together already.
Relay::ProducerFactory relay_producers(std::map<std::string, std::string> kafka);

}  // namespace carafe::postgres
