#pragma once

#include "carafe/settings.h"

namespace shop::boot {

// The command `payment-sandbox`: a payment gateway that moves no money, until SIGTERM or SIGINT.
// Returns the exit code.
int run_payment_sandbox(const carafe::Settings& settings);

}  // namespace shop::boot
