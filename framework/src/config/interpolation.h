#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "carafe/settings.h"

namespace carafe::config {

// Replaces `${NAME}` and `${NAME:-default}` in the scalars of one file; `$${` stays a plain `${`.
// As in a shell, the default also serves a variable that is set but empty.
class Interpolation {
public:
    explicit Interpolation(const Environment& environment) : environment_(environment) {}

    struct Result {
        std::string text;
        std::vector<std::string> variables;  // whose value is in `text`
        std::string problem;                 // empty when all went well
    };
    [[nodiscard]] Result apply(std::string_view text);

private:
    // Replaces the reference that starts at `text[at]`; returns where it ends.
    std::size_t replace(std::string_view text, std::size_t at, Result& result);
    void insert(const std::string& name, std::string_view value, Result& result);

    const Environment& environment_;
    std::size_t inserted_bytes_ = 0;  // over the whole file, so that it stays bounded
};

}  // namespace carafe::config
