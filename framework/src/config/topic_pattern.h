#pragma once

#include <regex.h>

#include <memory>
#include <string>

#include "carafe/settings.h"

namespace carafe::config {

// What a route reads: one topic, or, with `^` in front, all topics whose whole name the POSIX
// extended regular expression matches.
class TopicPattern {
public:
    // Throws ConfigurationError for what is no regular expression.
    explicit TopicPattern(const std::string& name);

    [[nodiscard]] static bool is_pattern(const std::string& name) {
        return !name.empty() && name.front() == '^';
    }
    [[nodiscard]] bool is_pattern() const { return expression_ != nullptr; }
    [[nodiscard]] bool matches(const std::string& topic) const;
    // As it is subscribed to: a name, or an expression that is anchored at both ends, so that both
    // group protocols take it for the same.
    [[nodiscard]] const std::string& subscription() const { return subscription_; }

private:
    std::string subscription_;
    std::shared_ptr<const regex_t> expression_;
};

// The route of the group that reads the topic: the one that names it, else the first pattern that
// matches; null when there is none.
const TopicRoute* route_of(const ConsumerGroupSettings& group, const std::string& topic);

}  // namespace carafe::config
