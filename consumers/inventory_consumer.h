#pragma once

#include "carafe/postgres/transactional_consumer.h"
#include "consumers/worker_services.h"

namespace shop {

// Reads `inventory`: takes the stock of pending orders, all lines or none, and so confirms or
// rejects them; gives it back when a foreign system releases an order.
class InventoryConsumer final : public carafe::postgres::TransactionalConsumer {
public:
    InventoryConsumer() = default;
    explicit InventoryConsumer(const WorkerServices& services) : payments_(services.payments) {}

    void consume(const carafe::Batch& batch, pqxx::work& tx) override;

private:
    const Payments payments_ = Payments::kAtOnce;
};

}  // namespace shop
