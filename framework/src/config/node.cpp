#include "config/node.h"

#include "config/text.h"

namespace carafe::config {

std::string describe(const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::kNull:
            return "nothing";
        case YamlNode::Kind::kList:
            return "a list";
        case YamlNode::Kind::kMap:
            return "a map";
        case YamlNode::Kind::kScalar:
            return (node.is_quoted ? "the string " : "") + quote(node.text);
        case YamlNode::Kind::kInvalid:
            break;
    }
    return "an invalid value";
}

}  // namespace carafe::config
