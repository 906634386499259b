#include "config/topic_pattern.h"

#include <array>

#include "config/text.h"

namespace carafe::config {

namespace {

std::string anchored(const std::string& name) {
    std::string inner = name.substr(1);
    const bool is_escaped = inner.size() > 1 && inner[inner.size() - 2] == '\\';
    if (!inner.empty() && inner.back() == '$' && !is_escaped) {
        inner.pop_back();
    }
    return "^(" + inner + ")$";
}

std::shared_ptr<const regex_t> compiled(const std::string& expression, const std::string& name) {
    auto made = std::make_unique<regex_t>();
    const int error = regcomp(made.get(), expression.c_str(), REG_EXTENDED | REG_NOSUB);
    if (error != 0) {
        std::array<char, 128> text{};
        regerror(error, made.get(), text.data(), text.size());
        throw ConfigurationError(quote(name) + " is not a regular expression: " + text.data());
    }
    return {made.release(), [](regex_t* known) {
                regfree(known);
                std::default_delete<regex_t>()(known);
            }};
}

}  // namespace

TopicPattern::TopicPattern(const std::string& name) : subscription_(name) {
    if (is_pattern(name)) {
        subscription_ = anchored(name);
        expression_ = compiled(subscription_, name);
    }
}

bool TopicPattern::matches(const std::string& topic) const {
    if (!expression_) {
        return topic == subscription_;
    }
    return regexec(expression_.get(), topic.c_str(), 0, nullptr, 0) == 0;
}

const TopicRoute* route_of(const ConsumerGroupSettings& group, const std::string& topic) {
    const TopicRoute* found = nullptr;
    for (const TopicRoute& route : group.topics) {
        if (route.topic == topic) {
            return &route;
        }
        if (found == nullptr && TopicPattern::is_pattern(route.topic) &&
            TopicPattern(route.topic).matches(topic)) {
            found = &route;
        }
    }
    return found;
}

}  // namespace carafe::config
