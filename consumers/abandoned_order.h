#pragma once

#include <pqxx/pqxx>

#include "carafe/dead_letter.h"

namespace shop {

// A reservation was given up as a dead letter and discarded: its order would stay pending for ever,
// so it is rejected with the reason processing_failed. An order that has moved on is left alone,
// and so is one that does not exist.
void reject_abandoned_order(pqxx::transaction_base& tx, const carafe::DeadLetter& dead_letter);

}  // namespace shop
