#pragma once

#include "carafe/consumers.h"

namespace shop::routes {

void consumers(carafe::Consumers& consumers);

}  // namespace shop::routes
