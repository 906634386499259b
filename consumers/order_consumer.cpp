#include "consumers/order_consumer.h"

#include <unordered_set>

#include "app/events/order_command_messages.h"
#include "app/models/fulfilment_records.h"
#include "carafe/errors.h"

namespace shop {

void OrderConsumer::consume(const carafe::Batch& batch, pqxx::work& tx) {
    std::vector<OrderCommand> commands;
    for (const carafe::Message& message : batch) {
        commands.push_back(read_order_command(message));
    }
    Fulfilment fulfilment = fulfilment_records::lock(tx, commands, payments_);
    const auto known = fulfilment_records::decided(tx, commands);
    std::unordered_set<std::string> decided(known.begin(), known.end());
    std::vector<DecidedCommand> outcomes;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        const OrderCommand& command = commands[i];
        if (!fulfilment.knows(command.order_id)) {
            throw carafe::MessageError(batch[i], "order " + command.order_id + " does not exist");
        }
        if (command.id && !decided.insert(*command.id).second) {
            continue;  // the same command again
        }
        const CommandOutcome outcome = fulfilment.carry_out(command);
        if (command.id) {
            outcomes.push_back({*command.id, command.order_id, outcome});
        }
    }
    fulfilment_records::save(tx, fulfilment);
    fulfilment_records::remember(tx, outcomes);
}

}  // namespace shop
