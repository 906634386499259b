#include "config/yaml_reader.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

#include "config/interpolation.h"
#include "config/text.h"

namespace carafe::config {

namespace {

constexpr std::size_t kBytesMax = 256ULL * 1024;
constexpr std::size_t kDepthMax = 32;

Location location_of(const YAML::Mark& mark) {
    return {mark.line + 1, mark.column + 1};
}

Location location_at(std::string_view text, std::size_t at) {
    const std::string_view before = text.substr(0, at);
    const auto lines = std::count(before.begin(), before.end(), '\n');
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    return {static_cast<int>(lines) + 1, static_cast<int>(at - line_start) + 1};
}

// yaml-cpp's complaint about a tab is a riddle, and it is the most common mistake of all.
std::optional<Location> tab_in_indentation(std::string_view yaml, Location error) {
    std::size_t start = 0;
    for (int line = 1; line < error.line && start != std::string_view::npos; ++line) {
        start = yaml.find('\n', start);
        start += start == std::string_view::npos ? 0 : 1;
    }
    if (start == std::string_view::npos) {
        return std::nullopt;
    }
    const std::size_t text = yaml.find_first_not_of(" \t", start);
    const std::size_t tab = yaml.substr(0, text).find('\t', start);
    if (tab == std::string_view::npos) {
        return std::nullopt;
    }
    return location_at(yaml, tab);
}

void report(const YAML::Exception& error, std::string_view yaml, Problems& problems) {
    const Location where = error.mark.is_null() ? Location{1, 1} : location_of(error.mark);
    if (const auto tab = tab_in_indentation(yaml, where)) {
        problems.add(*tab, "not valid YAML: indent with spaces, not with a tab");
    } else {
        problems.add(where, "not valid YAML: " + error.msg);
    }
}

class TooDeep : public std::runtime_error {
public:
    explicit TooDeep(Location where)
        : std::runtime_error("nested deeper than 32 levels"), location(where) {}
    Location location;
};

// Builds the tree from yaml-cpp's events. Events rather than its nodes: nodes hide duplicate keys,
// follow aliases and recurse without a limit.
class TreeBuilder final : public YAML::EventHandler {
public:
    TreeBuilder(const Environment& environment, Problems& problems)
        : interpolation_(environment), problems_(problems) {}

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        refuse_anchor(mark, anchor);
        add(node(YamlNode::Kind::kNull, mark));
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
        problems_.add(location_of(mark), "aliases (*name) are not supported: repeat the value");
        add(node(YamlNode::Kind::kInvalid, mark));
    }

    void OnScalar(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        const std::string& value
    ) override {
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        YamlNode scalar = node(YamlNode::Kind::kScalar, mark);
        scalar.text = value;
        scalar.is_quoted = tag == "!";
        if (!expects_key()) {
            interpolate(scalar);
        }
        add(std::move(scalar));
    }

    void OnSequenceStart(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value
    ) override {
        start(YamlNode::Kind::kList, mark, tag, anchor);
    }
    void OnSequenceEnd() override { end(); }

    void OnMapStart(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value
    ) override {
        start(YamlNode::Kind::kMap, mark, tag, anchor);
    }
    void OnMapEnd() override { end(); }

    YamlNode take_root() { return std::move(root_); }

private:
    // A list or map that is not finished.
    struct Frame {
        YamlNode node;
        std::map<std::string, int> lines_of_keys;
        bool has_key = false;  // of a map: the next event is the value of this key
        bool is_key_valid = false;
        std::string key;
        Location key_location;
    };

    static YamlNode node(YamlNode::Kind kind, const YAML::Mark& mark) {
        YamlNode result;
        result.kind = kind;
        result.location = location_of(mark);
        return result;
    }

    [[nodiscard]] bool expects_key() const {
        return !stack_.empty() && stack_.back().node.kind == YamlNode::Kind::kMap &&
               !stack_.back().has_key;
    }

    void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor) {
            problems_.add(location_of(mark), "anchors (&name) are not supported");
        }
    }

    void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
        if (!tag.empty() && tag != "?" && tag != "!") {
            problems_.add(location_of(mark), "tags (" + quote(tag) + ") are not supported");
        }
    }

    void interpolate(YamlNode& scalar) {
        Interpolation::Result result = interpolation_.apply(scalar.text);
        if (!result.problem.empty()) {
            problems_.add(scalar.location, std::move(result.problem));
            scalar.kind = YamlNode::Kind::kInvalid;
            return;
        }
        scalar.text = std::move(result.text);
        scalar.variables = std::move(result.variables);
    }

    void start(
        YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor
    ) {
        if (stack_.size() >= kDepthMax) {
            throw TooDeep(location_of(mark));
        }
        refuse_anchor(mark, anchor);
        refuse_tag(mark, tag);
        Frame frame;
        frame.node = node(kind, mark);
        stack_.push_back(std::move(frame));
    }

    void end() {
        YamlNode finished = std::move(stack_.back().node);
        stack_.pop_back();
        add(std::move(finished));
    }

    void add(YamlNode value) {
        if (stack_.empty()) {
            root_ = std::move(value);
            return;
        }
        Frame& frame = stack_.back();
        if (frame.node.kind == YamlNode::Kind::kList) {
            frame.node.items.push_back(std::move(value));
        } else if (frame.has_key) {
            add_value(frame, std::move(value));
        } else {
            add_key(frame, value);
        }
    }

    void add_key(Frame& frame, const YamlNode& key) {
        frame.has_key = true;
        frame.key = key.text;
        frame.key_location = key.location;
        frame.is_key_valid = key.kind == YamlNode::Kind::kScalar;
        if (!frame.is_key_valid) {
            if (key.kind != YamlNode::Kind::kInvalid) {
                problems_.add(key.location, "a key must be a word, not " + describe(key));
            }
            return;
        }
        const auto [first, is_new] = frame.lines_of_keys.emplace(key.text, key.location.line);
        if (!is_new) {
            problems_.add(
                key.location,
                "duplicate key " + quote(key.text) + ", first on line " +
                    std::to_string(first->second)
            );
            frame.is_key_valid = false;
        }
    }

    void add_value(Frame& frame, YamlNode value) {
        frame.has_key = false;
        if (!frame.is_key_valid) {
            return;
        }
        if (value.kind == YamlNode::Kind::kNull) {
            value.location = frame.key_location;  // yaml-cpp gives the place of what comes next
        }
        frame.node.entries.push_back({std::move(frame.key), frame.key_location, std::move(value)});
    }

    Interpolation interpolation_;
    Problems& problems_;
    std::vector<Frame> stack_;
    YamlNode root_;
};

// Reports a second document.
class Refusal final : public YAML::EventHandler {
public:
    explicit Refusal(Problems& problems) : problems_(problems) {}
    void OnDocumentStart(const YAML::Mark& mark) override {
        problems_.add(location_of(mark), "a second document: karafka.yml holds one");
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&)
        override {}
    void OnSequenceStart(
        const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value
    ) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(
        const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value
    ) override {}
    void OnMapEnd() override {}

private:
    Problems& problems_;
};

}  // namespace

YamlNode read_yaml(std::string_view yaml, const Environment& environment, Problems& problems) {
    if (yaml.size() > kBytesMax) {
        problems.add({1, 1}, "larger than 256 KiB (" + std::to_string(yaml.size()) + " bytes)");
        return {};
    }
    if (const auto bad = find_bad_character(yaml)) {
        problems.add(location_at(yaml, *bad), "a control character or invalid UTF-8");
        return {};
    }
    TreeBuilder builder(environment, problems);
    try {
        std::istringstream stream{std::string(yaml)};
        YAML::Parser parser(stream);
        if (parser.HandleNextDocument(builder)) {
            Refusal refusal(problems);
            parser.HandleNextDocument(refusal);
        }
    } catch (const YAML::Exception& error) {
        report(error, yaml, problems);
        return {};
    } catch (const TooDeep& error) {
        problems.add(error.location, error.what());
        return {};
    }
    return builder.take_root();
}

}  // namespace carafe::config
