#pragma once

#include <functional>
#include <memory>
#include <string>

#include "carafe/postgres/outbox.h"
#include "carafe/producer.h"
#include "carafe/settings.h"

namespace carafe::postgres {

// Publishes the outbox to Kafka on a thread of its own: leases shards, produces their rows in id
// order, deletes each row after the broker's acknowledgement. Any number of relays may run, in any
// number of processes. A row the broker refuses for its own sake (too large, no such topic) parks
// its (topic, key) with an alert in the log; nothing is dropped.
class Relay {
public:
    // Makes a producer; called again after a fatal producer error or a lost lease.
    using ProducerFactory = std::function<std::unique_ptr<Producer>()>;

    // `signal` must outlive the relay. `owner` names this relay in the lease table.
    Relay(
        DatabaseSettings settings,
        ProducerFactory make_producer,
        RelaySignal& signal,
        std::string owner
    );
    // Stops if still running.
    ~Relay();

    void start();
    // Finishes the records in flight (at most 5 s), gives the leases back, joins. Idempotent.
    void stop();

    class Implementation;

private:
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace carafe::postgres
