#pragma once

#include <string>
#include <vector>

#include "carafe/settings.h"

namespace carafe::config {

// Collects what is wrong with a file, so that all of it is reported at once.
class Problems {
public:
    void add(Location location, std::string message);
    [[nodiscard]] bool empty() const { return problems_.empty(); }
    // In the order of the file.
    [[nodiscard]] std::vector<SettingsProblem> sorted() const;

private:
    std::vector<SettingsProblem> problems_;
};

}  // namespace carafe::config
