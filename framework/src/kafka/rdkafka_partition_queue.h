#pragma once

#include <string>

#include "kafka/consumer_client.h"
#include "kafka/handles.h"

namespace carafe::kafka {

// A PartitionQueue over librdkafka's own per-partition queue, cut off from the consumer queue.
// `queue` must not forward.
std::unique_ptr<PartitionQueue> make_partition_queue(QueuePtr queue, std::string topic);

}  // namespace carafe::kafka
