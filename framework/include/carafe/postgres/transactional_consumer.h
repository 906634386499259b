#pragma once

#include <pqxx/pqxx>

#include "carafe/consumer.h"

namespace carafe::postgres {

// The base of an exactly_once consumer: what it does in `tx` and the partition's position commit
// together, or neither does. The framework opens and commits the transaction; consume must not
// commit or abort it, and does no slow or foreign call inside (locks are held). Throwing rolls all
// of it back. Instances and threads: see carafe::BaseConsumer.
class TransactionalConsumer : public BaseConsumer {
public:
    virtual void consume(const Batch& batch, pqxx::work& tx) = 0;
};

}  // namespace carafe::postgres
