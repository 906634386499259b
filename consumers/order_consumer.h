#pragma once

#include "carafe/postgres/transactional_consumer.h"
#include "consumers/worker_services.h"

namespace shop {

// Reads `orders`: carries out changes of status under the order's lock, gives stock back when a
// confirmed order is cancelled, and keeps each command's outcome for who waits for it.
class OrderConsumer final : public carafe::postgres::TransactionalConsumer {
public:
    OrderConsumer() = default;
    explicit OrderConsumer(const WorkerServices& services) : payments_(services.payments) {}

    void consume(const carafe::Batch& batch, pqxx::work& tx) override;

private:
    const Payments payments_ = Payments::kAtOnce;
};

}  // namespace shop
