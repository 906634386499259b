#pragma once

#include <cstdint>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "processing/delivery.h"

namespace carafe::postgres {

// Where an exactly_once partition stands.
struct Position {
    processing::PartitionId partition;
    std::int64_t epoch = 0;
    std::int64_t next_offset = 0;
    std::string owner;
};

// All positions of a group, in order of topic and partition.
std::vector<Position> positions(pqxx::transaction_base& tx, const std::string& group);

// Moves a partition (an operator's decision). The epoch goes up, so that whoever works on it is
// fenced and starts again from here.
void set_position(
    pqxx::transaction_base& tx, const processing::PartitionId& partition, std::int64_t next_offset
);

// Deletes the row of a partition whose route has left exactly_once and returns its next offset,
// which the caller commits to Kafka before it commits `tx`: a stale row must never win later.
std::optional<std::int64_t> forget_position(
    pqxx::transaction_base& tx, const processing::PartitionId& partition
);

}  // namespace carafe::postgres
