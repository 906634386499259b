#pragma once

#include <string_view>

#include "carafe/settings.h"
#include "config/node.h"
#include "config/problems.h"

namespace carafe::config {

// Reads one YAML document, with the limits of karafka.yml: 256 KiB, depth 32, valid UTF-8, one
// document, no anchors, aliases or tags, no duplicate keys; interpolates its values. Whatever is
// wrong goes to `problems`; the tree holds what could be read. The only place that uses yaml-cpp.
YamlNode read_yaml(std::string_view yaml, const Environment& environment, Problems& problems);

}  // namespace carafe::config
