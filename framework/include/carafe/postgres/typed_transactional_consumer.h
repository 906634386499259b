#pragma once

#include <utility>

#include "carafe/postgres/transactional_consumer.h"
#include "carafe/typed_batch.h"

namespace carafe::postgres {

// An exactly_once consumer of decoded payloads; see carafe::TypedConsumer for how it is registered.
// A batch with records that cannot be decoded is not handled; they are set apart first.
template <typename Payload>
class TypedTransactionalConsumer : public TransactionalConsumer {
public:
    explicit TypedTransactionalConsumer(Deserializer<Payload> deserialize)
        : deserialize_(std::move(deserialize)) {}

    // Never empty. For the rest see TransactionalConsumer::consume.
    virtual void handle(const TypedBatch<Payload>& batch, pqxx::work& tx) = 0;

    void consume(const Batch& batch, pqxx::work& tx) final {
        const TypedBatch<Payload> typed(batch, deserialize_);
        if (!batch.has_failures()) {
            handle(typed, tx);
        }
    }

private:
    const Deserializer<Payload> deserialize_;
};

}  // namespace carafe::postgres
