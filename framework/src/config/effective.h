#pragma once

#include <string>
#include <vector>

#include "carafe/settings.h"

namespace carafe::config {

// One setting as it is in force: what `carafe config` prints. Secrets are already hidden.
struct EffectiveValue {
    std::string path;    // worker.shutdown_timeout
    std::string value;   // 25s
    std::string origin;  // "karafka.yml:12:7", "karafka.yml:12:7 ($PORT)" or "default"
};

struct LoadedSettings {
    Settings settings;
    std::vector<EffectiveValue> effective;
};

// As carafe::load_settings and carafe::parse_settings, with the origin of each value.
LoadedSettings load(const std::string& path, const Environment& environment);
LoadedSettings parse(
    std::string_view yaml, const std::string& name, const Environment& environment
);

// One key of karafka.yml as its reference page describes it.
struct KeyDescription {
    std::string path;           // consumer_groups.<group>.topics.<topic>.retry.attempts
    std::string type;           // "whole number 1..1000"
    std::string default_value;  // empty: none
    std::string description;
};
std::vector<KeyDescription> describe_keys();

}  // namespace carafe::config
