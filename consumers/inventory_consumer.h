#pragma once

#include "carafe/postgres/transactional_consumer.h"

namespace shop {

// Reads `inventory`: takes the stock of pending orders, all lines or none, and so confirms or
// rejects them; gives it back when a foreign system releases an order.
class InventoryConsumer final : public carafe::postgres::TransactionalConsumer {
public:
    void consume(const carafe::Batch& batch, pqxx::work& tx) override;
};

}  // namespace shop
