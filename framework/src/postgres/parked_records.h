#pragma once

#include <cstdint>
#include <memory>
#include <pqxx/pqxx>
#include <vector>

#include "processing/parking.h"

namespace carafe::postgres {

// The table of what `order: park` set aside. Every call is one statement in the caller's
// transaction, which is fenced; only reading is not.
class ParkedRecords {
public:
    // `partition` must outlive the object.
    explicit ParkedRecords(const processing::PartitionId& partition) : partition_(partition) {}

    std::vector<processing::ParkedRecord> list(pqxx::transaction_base& tx) const;
    void add(
        pqxx::transaction_base& tx,
        const std::vector<Message>& records,
        const processing::Parking& parking
    ) const;
    // Empty when it is not there.
    std::unique_ptr<processing::ParkedMessage> find(pqxx::transaction_base& tx, std::int64_t offset)
        const;
    // False when it was not there.
    bool remove(pqxx::transaction_base& tx, std::int64_t offset) const;

private:
    const processing::PartitionId& partition_;
};

}  // namespace carafe::postgres
