#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/key.h"
#include "config/units.h"

namespace carafe::config {

// Readers of single values. Each gives the value, or reports a problem and gives nothing.

template <typename Value>
struct Bounds {
    Value min;
    Value max;
};

using DurationBounds = Bounds<std::chrono::milliseconds>;

std::optional<std::int64_t> read_integer(const YamlNode&, Bounds<std::int64_t>, Problems&);
std::optional<std::int64_t> read_size(const YamlNode&, Bounds<std::int64_t>, Problems&);
std::optional<std::chrono::milliseconds> read_duration(const YamlNode&, DurationBounds, Problems&);
// `100/s`, `20/m` or `5/h`, at most `max` records.
std::optional<Rate> read_rate(const YamlNode&, std::int64_t max, Problems&);
std::optional<bool> read_flag(const YamlNode&, Problems&);
// `100ms..10s`; one duration alone stands for both ends.
std::optional<DurationBounds> read_duration_range(const YamlNode&, DurationBounds, Problems&);
// Not empty, at most 4 KiB.
std::optional<std::string> read_string(const YamlNode&, Problems&);
std::optional<std::string>
read_choice(const YamlNode&, const std::vector<std::string>& choices, Problems&);
// A name Kafka takes for a topic: 1 to 249 letters, digits, '.', '_' and '-'.
std::optional<std::string> read_topic_name(const YamlNode&, Problems&);
bool check_topic_name(const std::string& name, Location where, Problems& problems);
// The same, or `^` and a regular expression.
bool check_topic_pattern(const std::string& name, Location where, Problems& problems);

std::string bounds_text(Bounds<std::int64_t> bounds);
std::string bounds_text(DurationBounds bounds);

// Keys of the common types, bound to a member of their section.

template <typename Section, typename Integer>
Key<Section> integer(
    std::string name, Integer Section::*member, Bounds<std::int64_t> bounds, std::string description
) {
    return {
        std::move(name),
        "whole number " + bounds_text(bounds),
        std::move(description),
        [member, bounds](const YamlNode& node, Section& section, Problems& problems) {
            if (const auto value = read_integer(node, bounds, problems)) {
                section.*member = static_cast<Integer>(*value);
            }
        },
        [member](const Section& section) { return std::to_string(section.*member); }};
}

template <typename Section>
Key<Section> duration(
    std::string name,
    std::chrono::milliseconds Section::*member,
    DurationBounds bounds,
    std::string description
) {
    return {
        std::move(name),
        "duration " + bounds_text(bounds),
        std::move(description),
        [member, bounds](const YamlNode& node, Section& section, Problems& problems) {
            if (const auto value = read_duration(node, bounds, problems)) {
                section.*member = *value;
            }
        },
        [member](const Section& section) { return format_duration(section.*member); }};
}

template <typename Section>
Key<Section> size(
    std::string name,
    std::int64_t Section::*member,
    Bounds<std::int64_t> bounds,
    std::string description
) {
    return {
        std::move(name),
        "size " + format_size(bounds.min) + ".." + format_size(bounds.max),
        std::move(description),
        [member, bounds](const YamlNode& node, Section& section, Problems& problems) {
            if (const auto value = read_size(node, bounds, problems)) {
                section.*member = *value;
            }
        },
        [member](const Section& section) { return format_size(section.*member); }};
}

template <typename Section>
Key<Section> string(std::string name, std::string Section::*member, std::string description) {
    return {
        std::move(name),
        "string",
        std::move(description),
        [member](const YamlNode& node, Section& section, Problems& problems) {
            if (auto value = read_string(node, problems)) {
                section.*member = std::move(*value);
            }
        },
        [member](const Section& section) { return section.*member; }};
}

template <typename Section>
Key<Section> choice(
    std::string name,
    std::string Section::*member,
    const std::vector<std::string>& choices,
    std::string description
) {
    std::string type = "one of";
    for (const std::string& choice : choices) {
        type += " " + choice;
    }
    return {
        std::move(name),
        type,
        std::move(description),
        [member, choices](const YamlNode& node, Section& section, Problems& problems) {
            if (auto value = read_choice(node, choices, problems)) {
                section.*member = std::move(*value);
            }
        },
        [member](const Section& section) { return section.*member; }};
}

}  // namespace carafe::config
