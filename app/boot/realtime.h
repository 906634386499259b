#pragma once

#include "carafe/settings.h"

namespace shop::boot {

// The command `realtime`: the Socket.IO server, until SIGTERM or SIGINT. Returns the exit code.
int run_realtime(const carafe::Settings& settings);

}  // namespace shop::boot
