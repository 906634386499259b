#pragma once

#include "carafe/postgres/pool.h"
#include "processing/attempt_store.h"

namespace carafe::postgres {

// Attempts and suspects in PostgreSQL (tables consumer_attempts, consumer_suspects), one short
// transaction a call. The pool outlives it.
class PostgresAttemptStore final : public processing::AttemptStore {
public:
    explicit PostgresAttemptStore(Pool& pool) : pool_(pool) {}

    processing::History load(const processing::PartitionId& partition, std::int64_t from) override;
    void write_attempt(
        const processing::PartitionId& partition,
        std::int64_t offset,
        int attempt,
        const processing::Failure& last
    ) override;
    void suspect(const std::vector<processing::Suspicion>& suspicions) override;
    void forget(const processing::PartitionId& partition, std::int64_t position) override;

private:
    Pool& pool_;
};

}  // namespace carafe::postgres
