#include "consumers/inventory_consumer.h"

#include "app/events/order_command_messages.h"
#include "app/models/fulfilment_records.h"
#include "carafe/errors.h"

namespace shop {

void InventoryConsumer::consume(const carafe::Batch& batch, pqxx::work& tx) {
    std::vector<OrderCommand> commands;
    for (const carafe::Message& message : batch) {
        commands.push_back(read_inventory_command(message));
    }
    Fulfilment fulfilment = fulfilment_records::lock(tx, commands, payments_);
    for (std::size_t i = 0; i < commands.size(); ++i) {
        if (!fulfilment.knows(commands[i].order_id)) {
            throw carafe::MessageError(
                batch[i], "order " + commands[i].order_id + " does not exist"
            );
        }
        fulfilment.carry_out(commands[i]);
    }
    fulfilment_records::save(tx, fulfilment);
}

}  // namespace shop
