#include "routes/consumers.h"

#include <functional>

#include "consumers/inventory_consumer.h"
#include "consumers/order_consumer.h"
#include "consumers/payment_consumer.h"

namespace shop::routes {

// The names that karafka.yml says; topics, groups and numbers live there.
void consumers(carafe::Consumers& consumers, const WorkerServices& services) {
    consumers.add<InventoryConsumer>("InventoryConsumer", std::ref(services));
    consumers.add<OrderConsumer>("OrderConsumer", std::ref(services));
    consumers.add<PaymentConsumer>("PaymentConsumer", std::ref(services));
}

}  // namespace shop::routes
