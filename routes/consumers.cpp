#include "routes/consumers.h"

#include <functional>

#include "consumers/abandoned_order.h"
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

void on_discard(pqxx::transaction_base& tx, const carafe::DeadLetter& dead_letter) {
    if (dead_letter.origin && dead_letter.origin->topic == "inventory") {
        reject_abandoned_order(tx, dead_letter);
    }
}

}  // namespace shop::routes
