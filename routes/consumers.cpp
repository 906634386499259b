#include "routes/consumers.h"

#include "consumers/inventory_consumer.h"
#include "consumers/order_consumer.h"

namespace shop::routes {

// The names that karafka.yml says; topics, groups and numbers live there.
void consumers(carafe::Consumers& consumers) {
    consumers.add<InventoryConsumer>("InventoryConsumer");
    consumers.add<OrderConsumer>("OrderConsumer");
}

}  // namespace shop::routes
