#pragma once

#include "carafe/batch.h"

namespace carafe {

// What every consumer has in common, whatever its delivery. The framework makes one instance per
// assigned partition, on a processing thread, and never calls two of its methods at once; it
// destroys the instance after the partition is revoked. Consecutive calls may come from different
// threads. Derive from Consumer or from postgres::TransactionalConsumer, not from this.
class BaseConsumer {
public:
    BaseConsumer() = default;
    BaseConsumer(const BaseConsumer&) = delete;
    BaseConsumer& operator=(const BaseConsumer&) = delete;
    virtual ~BaseConsumer() = default;

    // The partition went to another member of the group. No consume follows.
    virtual void revoked() {}
    // The process is stopping. No consume follows.
    virtual void shutdown() {}
};

// The base of an at_least_once consumer. Returning from consume marks the whole batch as done;
// throwing marks none of it (see errors.h). A record can be delivered again after a crash, so
// consume must be idempotent. For effects in PostgreSQL that happen exactly once, derive from
// carafe::postgres::TransactionalConsumer.
class Consumer : public BaseConsumer {
public:
    virtual void consume(const Batch& batch) = 0;
};

}  // namespace carafe
