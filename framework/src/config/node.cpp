#include "config/node.h"

#include "config/text.h"

namespace carafe::config {

std::string describe(const Node& node) {
    switch (node.kind) {
        case Node::Kind::kNull:
            return "nothing";
        case Node::Kind::kList:
            return "a list";
        case Node::Kind::kMap:
            return "a map";
        case Node::Kind::kScalar:
            return (node.is_quoted ? "the string " : "") + quote(node.text);
        case Node::Kind::kInvalid:
            break;
    }
    return "an invalid value";
}

}  // namespace carafe::config
