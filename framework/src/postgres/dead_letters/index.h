#pragma once

#include <pqxx/pqxx>
#include <vector>

#include "carafe/dead_letter.h"
#include "carafe/postgres/transactional_consumer.h"

namespace carafe::postgres {

// Adds records of dead letter topics to the index; those it has are left alone. Of a partition they
// must come in offset order and without leaving any out: that is how index_up_to_now() knows where
// to go on.
void index_dead_letters(pqxx::transaction_base& tx, const std::vector<DeadLetter>& dead_letters);

// Keeps the index up to date: the consumer of every dead letter topic in a worker with a database.
class DeadLetterIndexer final : public TransactionalConsumer {
public:
    void consume(const Batch& batch, pqxx::work& tx) override;
};

}  // namespace carafe::postgres
