#pragma once

#include "carafe/consumers.h"
#include "carafe/dead_letter.h"
#include "consumers/worker_services.h"

namespace pqxx {
class transaction_base;
}

namespace shop::routes {

// `services` must outlive the worker; it is looked at when a consumer is made.
void consumers(carafe::Consumers& consumers, const WorkerServices& services);

// What happens to the shop when an operator gives a dead letter up.
void on_discard(pqxx::transaction_base& tx, const carafe::DeadLetter& dead_letter);

}  // namespace shop::routes
