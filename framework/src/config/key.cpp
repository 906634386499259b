#include "config/key.h"

#include <algorithm>

namespace carafe::config {

std::string origin(const Reader& reader, const YamlNode* node) {
    if (node == nullptr) {
        return "default";
    }
    std::string text = reader.file + ":" + std::to_string(node->location.line) + ":" +
                       std::to_string(node->location.column);
    for (const std::string& variable : node->variables) {
        text += " ($" + variable + ")";
    }
    return text;
}

bool is_section(const YamlNode& node, Problems& problems) {
    if (node.kind != YamlNode::Kind::kMap && node.kind != YamlNode::Kind::kNull &&
        node.kind != YamlNode::Kind::kInvalid) {
        problems.add(node.location, "expected a map of keys, got " + describe(node));
    }
    return node.kind == YamlNode::Kind::kMap || node.kind == YamlNode::Kind::kNull;
}

void refuse_unknown(
    const YamlNode::Entry& entry, const std::vector<std::string>& known, Problems& problems
) {
    if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
        problems.add(
            entry.location, "unknown key " + quote(entry.key) + suggestion(entry.key, known)
        );
    }
}

const YamlNode* find(const YamlNode& map, const std::string& key) {
    for (const YamlNode::Entry& entry : map.entries) {
        if (entry.key == key) {
            return &entry.value;
        }
    }
    return nullptr;
}

}  // namespace carafe::config
