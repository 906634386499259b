#pragma once

#include <cstdint>
#include <memory>

#include "fake_cluster.h"

namespace carafe::testing {

// Where one assignment of a partition reads; lives as long as its queue or the assignment.
struct FakeReading {
    kafka::TopicPartition partition;
    std::uint32_t token = 0;
    std::int64_t position = 0;
    bool is_assigned = false;
    bool is_broken = false;  // its error has been told
};

std::unique_ptr<kafka::PartitionQueue> make_fake_partition_queue(
    std::shared_ptr<FakeCluster> cluster, std::shared_ptr<FakeReading> reading
);

}  // namespace carafe::testing
