#pragma once

#include "subject.h"

namespace carafe::bench {

// Kafka's own org.apache.kafka.tools.ConsumerPerformance, in a process of its own: records per
// second from its assignment to its last record, and zero where CARAFE_KAFKA_LIBS does not say
// which folder Kafka's jars are in. Throws std::runtime_error when it fails.
double kafkas_own_rate(const Job& job, int round);

}  // namespace carafe::bench
