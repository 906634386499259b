#pragma once

#include <string>
#include <vector>

namespace carafe::cli {

// Runs a program without a shell and returns what it wrote to stdout; its stderr is ours. Throws
// std::runtime_error when it cannot be started or does not exit 0.
std::string run_program(const std::vector<std::string>& arguments);

}  // namespace carafe::cli
