#pragma once

#include <map>
#include <string>
#include <vector>

#include "carafe/settings.h"

namespace carafe::config::spec {

using Variables = std::map<std::string, std::string>;

inline Environment environment(const Variables& variables) {
    return [variables](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

inline Settings settings(const std::string& yaml, const Variables& variables = {}) {
    return parse_settings(yaml, "karafka.yml", environment(variables));
}

// The lines an operator would read; empty when the text is accepted.
inline std::string problems(const std::string& yaml, const Variables& variables = {}) {
    try {
        settings(yaml, variables);
    } catch (const SettingsError& error) {
        return error.what();
    }
    return "";
}

}  // namespace carafe::config::spec
