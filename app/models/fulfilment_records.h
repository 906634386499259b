#pragma once

#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "app/models/fulfilment.h"

namespace shop {

// A command's id and what became of it.
struct DecidedCommand {
    std::string id;
    std::string order_id;
    CommandOutcome outcome = CommandOutcome::kApplied;
};

// The SQL beside Fulfilment: set-based, so the number of statements does not grow with the batch.
namespace fulfilment_records {

// An order without its lines, of a row that begins with id, order_number, user_id, status,
// payment_status and order_version.
LockedOrder locked_order(const pqxx::row& row);

// Locks the commands' orders by id, then the stock they may move by product id, always in this
// order, so that two batches never wait for each other in a circle.
Fulfilment lock(
    pqxx::transaction_base& tx,
    const std::vector<OrderCommand>& commands,
    Payments payments = Payments::kAtOnce
);

// Writes what was decided: orders, stock, movements, events.
void save(pqxx::transaction_base& tx, const Fulfilment& fulfilment);

// Which of the commands have been decided before. Asked under the orders' locks.
std::vector<std::string> decided(
    pqxx::transaction_base& tx, const std::vector<OrderCommand>& commands
);
void remember(pqxx::transaction_base& tx, const std::vector<DecidedCommand>& commands);

}  // namespace fulfilment_records

}  // namespace shop
