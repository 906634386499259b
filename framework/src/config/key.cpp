#include "config/key.h"

#include <algorithm>

namespace carafe::config {

std::string origin(const Reader& reader, const Node* node) {
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

bool is_section(const Node& node, Problems& problems) {
    if (node.kind != Node::Kind::kMap && node.kind != Node::Kind::kNull &&
        node.kind != Node::Kind::kInvalid) {
        problems.add(node.location, "expected a map of keys, got " + describe(node));
    }
    return node.kind == Node::Kind::kMap || node.kind == Node::Kind::kNull;
}

void refuse_unknown(
    const Node::Entry& entry, const std::vector<std::string>& known, Problems& problems
) {
    if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
        problems.add(
            entry.location, "unknown key " + quote(entry.key) + suggestion(entry.key, known)
        );
    }
}

const Node* find(const Node& map, const std::string& key) {
    for (const Node::Entry& entry : map.entries) {
        if (entry.key == key) {
            return &entry.value;
        }
    }
    return nullptr;
}

}  // namespace carafe::config
