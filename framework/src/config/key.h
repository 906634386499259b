#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "config/effective.h"
#include "config/node.h"
#include "config/problems.h"
#include "config/text.h"

namespace carafe::config {

// What readers share while one file is read.
struct Reader {
    const std::string& file;
    Problems& problems;
    std::vector<EffectiveValue>& effective;
    std::string path;  // of the section being read, with a dot at the end: "worker."
};

// One key of a section: everything that is known about it, in one place. `read` checks a value and
// stores it; `show` gives it back as karafka.yml would write it, from which the default in the
// reference page comes, too. A key that is itself a section has `nested` instead, which is also
// called (with nullptr) when the key is absent.
template <typename Section>
struct Key {
    std::string name;
    std::string type;
    std::string description;
    std::function<void(const YamlNode&, Section&, Problems&)> read;
    std::function<std::string(const Section&)> show;
    std::function<void(const YamlNode*, Section&, Reader&)> nested = nullptr;
    std::function<void(std::vector<KeyDescription>&, const std::string& path)> describe = nullptr;
    bool is_required = false;
};

// Extends the reader's path for the life of the object.
class PathScope {
public:
    PathScope(Reader& reader, const std::string& name)
        : reader_(reader), length_(reader.path.size()) {
        reader_.path += name + ".";
    }
    ~PathScope() { reader_.path.resize(length_); }
    PathScope(const PathScope&) = delete;
    PathScope& operator=(const PathScope&) = delete;

private:
    Reader& reader_;
    std::size_t length_;
};

// Where a value came from, for people.
std::string origin(const Reader& reader, const YamlNode* node);

// True when the node is a map; a null is an empty map. Anything else is a problem.
bool is_section(const YamlNode& node, Problems& problems);

// Reports a key that the section does not know.
void refuse_unknown(
    const YamlNode::Entry& entry, const std::vector<std::string>& known, Problems& problems
);

const YamlNode* find(const YamlNode& map, const std::string& key);

// Reads a map by its table: unknown and missing keys are problems, absent ones keep their default.
// `node` may be null: the section is absent. `parent` is where a missing key is reported.
template <typename Section>
void read_section(
    const YamlNode* node, const std::vector<Key<Section>>& keys, Section& section, Reader& reader
) {
    const bool is_present = node != nullptr && is_section(*node, reader.problems);
    if (is_present) {
        std::vector<std::string> names;
        names.reserve(keys.size());
        for (const auto& key : keys) {
            names.push_back(key.name);
        }
        for (const YamlNode::Entry& entry : node->entries) {
            refuse_unknown(entry, names, reader.problems);
        }
    }
    for (const auto& key : keys) {
        const YamlNode* value = is_present ? find(*node, key.name) : nullptr;
        if (key.nested) {
            const PathScope scope(reader, key.name);
            key.nested(value, section, reader);
            continue;
        }
        if (value != nullptr) {
            if (value->kind != YamlNode::Kind::kInvalid) {
                key.read(*value, section, reader.problems);
            }
        } else if (key.is_required && is_present) {
            reader.problems.add(node->location, "missing key " + quote(key.name));
        }
        reader.effective.push_back(
            {reader.path + key.name, key.show(section), origin(reader, value)}
        );
    }
}

// The reference page's rows of a section.
template <typename Section>
void describe_section(
    const std::vector<Key<Section>>& keys, const std::string& path, std::vector<KeyDescription>& out
) {
    for (const auto& key : keys) {
        if (key.describe) {
            key.describe(out, path + key.name + ".");
        } else {
            out.push_back({path + key.name, key.type, key.show(Section{}), key.description});
        }
    }
}

// A key whose value is a section of its own.
template <typename Section, typename Inner>
Key<Section> section(
    const std::string& name, Inner Section::*member, const std::vector<Key<Inner>>& keys
) {
    Key<Section> key;
    key.name = name;
    key.type = "map";
    key.nested = [member, &keys](const YamlNode* node, Section& outer, Reader& reader) {
        read_section(node, keys, outer.*member, reader);
    };
    key.describe = [&keys](std::vector<KeyDescription>& out, const std::string& path) {
        describe_section(keys, path, out);
    };
    return key;
}

}  // namespace carafe::config
