#pragma once

#include <pqxx/pqxx>
#include <vector>

#include "app/events/event.h"

namespace shop {

// Keeps the events in domain_events and queues their records for Kafka, in `tx`, in their order.
// The caller holds the row lock of each event's order or product.
void publish(pqxx::transaction_base& tx, const std::vector<Event>& events);

}  // namespace shop
