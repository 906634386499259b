#include "config/values.h"

#include <algorithm>

#include "config/topic_pattern.h"

namespace carafe::config {

namespace {

constexpr std::size_t kStringBytesMax = 4096;
constexpr std::size_t kTopicNameMax = 249;  // Kafka's limit

// The text of a scalar; null, lists and maps are problems that name what was expected.
const std::string* scalar(const YamlNode& node, const std::string& expected, Problems& problems) {
    if (node.kind == YamlNode::Kind::kScalar) {
        return &node.text;
    }
    if (node.kind != YamlNode::Kind::kInvalid) {
        problems.add(node.location, "expected " + expected + ", got " + describe(node));
    }
    return nullptr;
}

// A quoted number is a string in YAML; one that came from a variable is taken as it is. True:
// refused.
bool refuse_quotes(const YamlNode& node, const std::string& expected, Problems& problems) {
    if (node.is_quoted && node.variables.empty()) {
        problems.add(
            node.location,
            "expected " + expected + ", got " + describe(node) + ": remove the quotes"
        );
        return true;
    }
    return false;
}

template <typename Value>
bool is_within(Value value, Bounds<Value> bounds) {
    return bounds.min <= value && value <= bounds.max;
}

void out_of_range(const YamlNode& node, const std::string& range, Problems& problems) {
    problems.add(node.location, quote(node.text) + " is out of range " + range);
}

}  // namespace

std::optional<std::int64_t> read_integer(
    const YamlNode& node, Bounds<std::int64_t> bounds, Problems& problems
) {
    const std::string* text = scalar(node, "a whole number", problems);
    if (text == nullptr || refuse_quotes(node, "a whole number", problems)) {
        return std::nullopt;
    }
    const Parsed<std::int64_t> parsed = parse_integer(*text);
    if (!parsed.value) {
        problems.add(node.location, parsed.problem);
        return std::nullopt;
    }
    if (!is_within(*parsed.value, bounds)) {
        out_of_range(node, bounds_text(bounds), problems);
        return std::nullopt;
    }
    return parsed.value;
}

std::optional<std::int64_t> read_size(
    const YamlNode& node, Bounds<std::int64_t> bounds, Problems& problems
) {
    const std::string* text = scalar(node, "a size such as 256MiB", problems);
    if (text == nullptr) {
        return std::nullopt;
    }
    const Parsed<std::int64_t> parsed = parse_size(*text);
    if (!parsed.value) {
        problems.add(node.location, parsed.problem);
        return std::nullopt;
    }
    if (!is_within(*parsed.value, bounds)) {
        out_of_range(node, format_size(bounds.min) + ".." + format_size(bounds.max), problems);
        return std::nullopt;
    }
    return parsed.value;
}

std::optional<std::chrono::milliseconds> read_duration(
    const YamlNode& node, DurationBounds bounds, Problems& problems
) {
    const std::string* text = scalar(node, "a duration such as 10s", problems);
    if (text == nullptr) {
        return std::nullopt;
    }
    const auto parsed = parse_duration(*text);
    if (!parsed.value) {
        problems.add(node.location, parsed.problem);
        return std::nullopt;
    }
    if (!is_within(*parsed.value, bounds)) {
        out_of_range(node, bounds_text(bounds), problems);
        return std::nullopt;
    }
    return parsed.value;
}

std::optional<DurationBounds> read_duration_range(
    const YamlNode& node, DurationBounds bounds, Problems& problems
) {
    const std::string* text = scalar(node, "a range of durations such as 100ms..10s", problems);
    if (text == nullptr) {
        return std::nullopt;
    }
    const std::size_t dots = text->find("..");
    YamlNode low = node;
    YamlNode high = node;
    if (dots != std::string::npos) {
        low.text = text->substr(0, dots);
        high.text = text->substr(dots + 2);
    }
    const auto min = read_duration(low, bounds, problems);
    if (!min || dots == std::string::npos) {
        return min ? std::optional<DurationBounds>({*min, *min}) : std::nullopt;
    }
    const auto max = read_duration(high, bounds, problems);
    if (!max) {
        return std::nullopt;
    }
    if (*min > *max) {
        problems.add(node.location, "the range " + quote(*text) + " starts above its end");
        return std::nullopt;
    }
    return DurationBounds{*min, *max};
}

std::optional<Rate> read_rate(const YamlNode& node, std::int64_t max, Problems& problems) {
    const std::string* text = scalar(node, "a rate such as 100/s", problems);
    if (text == nullptr) {
        return std::nullopt;
    }
    const Parsed<Rate> parsed = parse_rate(*text);
    if (!parsed.value) {
        problems.add(node.location, parsed.problem);
        return std::nullopt;
    }
    if (parsed.value->records > max) {
        problems.add(
            node.location, quote(*text) + " is out of range, at most " + std::to_string(max)
        );
        return std::nullopt;
    }
    return parsed.value;
}

std::optional<bool> read_flag(const YamlNode& node, Problems& problems) {
    const auto text = read_choice(node, {"true", "false"}, problems);
    return text ? std::optional<bool>(*text == "true") : std::nullopt;
}

std::optional<std::string> read_string(const YamlNode& node, Problems& problems) {
    const std::string* text = scalar(node, "a string", problems);
    if (text == nullptr) {
        return std::nullopt;
    }
    if (text->empty()) {
        problems.add(node.location, "must not be empty");
        return std::nullopt;
    }
    if (text->size() > kStringBytesMax) {
        problems.add(node.location, "longer than 4 KiB");
        return std::nullopt;
    }
    if (find_bad_character(*text)) {  // double quotes let escapes through
        problems.add(node.location, quote(*text) + " holds control characters");
        return std::nullopt;
    }
    return *text;
}

std::optional<std::string> read_choice(
    const YamlNode& node, const std::vector<std::string>& choices, Problems& problems
) {
    std::string expected;
    for (const std::string& choice : choices) {
        expected += (expected.empty() ? "" : ", ") + choice;
    }
    expected = "one of " + expected;
    const std::string* text = scalar(node, expected, problems);
    if (text == nullptr) {
        return std::nullopt;
    }
    if (std::find(choices.begin(), choices.end(), *text) == choices.end()) {
        const auto near = closest(*text, choices);
        problems.add(
            node.location,
            "expected " + expected + ", got " + quote(*text) +
                (near ? ", did you mean " + quote(*near) + "?" : "")
        );
        return std::nullopt;
    }
    return *text;
}

bool check_topic_name(const std::string& name, Location where, Problems& problems) {
    const bool is_valid =
        !name.empty() && name.size() <= kTopicNameMax && name != "." && name != ".." &&
        name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
        ) == std::string::npos;
    if (!is_valid) {
        problems.add(
            where,
            quote(name) + " is not the name of a topic: 1 to 249 letters, digits, '.', '_' and '-'"
        );
    }
    return is_valid;
}

bool check_topic_pattern(const std::string& name, Location where, Problems& problems) {
    if (!TopicPattern::is_pattern(name)) {
        return check_topic_name(name, where, problems);
    }
    try {
        const TopicPattern pattern(name);
        return true;
    } catch (const ConfigurationError& error) {
        problems.add(where, error.what());
        return false;
    }
}

std::optional<std::string> read_topic_name(const YamlNode& node, Problems& problems) {
    const std::string* text = scalar(node, "the name of a topic", problems);
    if (text == nullptr || !check_topic_name(*text, node.location, problems)) {
        return std::nullopt;
    }
    return *text;
}

std::string bounds_text(Bounds<std::int64_t> bounds) {
    return std::to_string(bounds.min) + ".." + std::to_string(bounds.max);
}

std::string bounds_text(DurationBounds bounds) {
    return format_duration(bounds.min) + ".." + format_duration(bounds.max);
}

}  // namespace carafe::config
