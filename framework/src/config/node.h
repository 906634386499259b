#pragma once

#include <string>
#include <vector>

#include "carafe/settings.h"

namespace carafe::config {

// One value of karafka.yml with its place: a copy of the YAML tree without aliases, duplicate keys
// or interpolations, so that nothing behind it needs yaml-cpp.
struct YamlNode {
    // kInvalid stands for a value whose problem is already reported; readers skip it.
    enum class Kind { kNull, kScalar, kList, kMap, kInvalid };
    struct Entry;

    Kind kind = Kind::kNull;
    Location location;
    std::string text;                    // of a scalar, after interpolation
    bool is_quoted = false;              // "5" is a string, 5 may be a number
    std::vector<std::string> variables;  // environment variables whose value is in `text`
    std::vector<YamlNode> items;         // of a list
    std::vector<Entry> entries;          // of a map, in the order of the file
};

struct YamlNode::Entry {
    std::string key;
    Location location;  // of the key
    YamlNode value;
};

// "a list", "the string 'x'", "nothing": what a message says was found.
std::string describe(const YamlNode& node);

}  // namespace carafe::config
