#pragma once

#include "carafe/consumers.h"
#include "consumers/worker_services.h"

namespace shop::routes {

// `services` must outlive the worker; it is looked at when a consumer is made.
void consumers(carafe::Consumers& consumers, const WorkerServices& services);

}  // namespace shop::routes
