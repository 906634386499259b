#pragma once

#include "carafe/settings.h"

namespace shop::boot {

// The command `web`: serves the HTTP API until SIGTERM or SIGINT. Returns the exit code.
int run_web(const carafe::Settings& settings);

}  // namespace shop::boot
