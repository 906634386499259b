#include "routing/routes.h"

#include <algorithm>
#include <set>

#include "config/problems.h"
#include "config/text.h"
#include "config/topic_pattern.h"

namespace carafe::routing {

namespace {

void check_delivery(
    const TopicRoute& route, const Consumers::Entry& consumer, config::Problems& problems
) {
    const bool is_exactly_once = route.delivery == Delivery::kExactlyOnce;
    if (consumer.transactional && !is_exactly_once) {
        problems.add(
            route.delivery_location,
            config::quote(route.consumer) +
                " derives from TransactionalConsumer, which only does exactly_once: write "
                "'delivery: exactly_once', or derive it from carafe::Consumer"
        );
    } else if (!consumer.transactional && is_exactly_once) {
        problems.add(
            route.delivery_location,
            config::quote(route.consumer) +
                " derives from Consumer, which only does at_least_once: derive it from "
                "carafe::postgres::TransactionalConsumer, or write 'delivery: at_least_once'"
        );
    }
}

// Reports names that no route has.
void check_known(
    const std::string& what,
    const std::vector<std::string>& names,
    const std::set<std::string>& known
) {
    for (const std::string& name : names) {
        if (known.count(name) == 0) {
            throw ConfigurationError(
                "no " + what + " " + config::quote(name) + " in karafka.yml" +
                config::suggestion(name, {known.begin(), known.end()})
            );
        }
    }
}

bool is_selected(const std::vector<std::string>& names, const std::string& name) {
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<Route> bind(
    const Settings& settings, const Consumers& consumers, const std::string& file
) {
    config::Problems problems;
    std::vector<Route> routes;
    for (const ConsumerGroupSettings& group : settings.consumer_groups) {
        for (const TopicRoute& route : group.topics) {
            const Consumers::Entry* consumer = consumers.find(route.consumer);
            if (consumer == nullptr) {
                problems.add(
                    route.consumer_location,
                    "unknown consumer " + config::quote(route.consumer) +
                        config::suggestion(route.consumer, consumers.names()) +
                        (consumers.names().empty() ? ": none is registered in routes/consumers.cpp"
                                                   : "")
                );
                continue;
            }
            check_delivery(route, *consumer, problems);
            routes.push_back({group.id, route, *consumer});
        }
    }
    if (!problems.empty()) {
        throw SettingsError(file, problems.sorted());
    }
    return routes;
}

std::vector<Route> select(
    const std::vector<Route>& routes,
    const std::vector<std::string>& groups,
    const std::vector<std::string>& topics
) {
    std::set<std::string> known_groups;
    std::set<std::string> known_topics;
    for (const Route& route : routes) {
        known_groups.insert(route.group);
        known_topics.insert(route.settings.topic);
    }
    check_known("consumer group", groups, known_groups);
    check_known("routed topic", topics, known_topics);
    std::vector<Route> selected;
    std::copy_if(
        routes.begin(),
        routes.end(),
        std::back_inserter(selected),
        [&](const Route& route) {
            return is_selected(groups, route.group) && is_selected(topics, route.settings.topic);
        }
    );
    if (selected.empty()) {
        throw ConfigurationError(
            routes.empty() ? "karafka.yml has no routes: nothing to work on"
                           : "none of these groups reads any of these topics"
        );
    }
    return selected;
}

std::vector<SettingsProblem> missing_topics(
    const std::vector<Route>& routes, const std::vector<std::string>& existing
) {
    config::Problems problems;
    const std::set<std::string> known(existing.begin(), existing.end());
    for (const Route& route : routes) {
        // The topics of a pattern may come later.
        if (!config::TopicPattern::is_pattern(route.settings.topic) &&
            known.count(route.settings.topic) == 0) {
            problems.add(
                route.settings.location,
                "topic " + config::quote(route.settings.topic) + " does not exist in the cluster"
            );
        }
        const auto& dead_letters = route.settings.dead_letter_topic;
        if (dead_letters && known.count(*dead_letters) == 0) {
            problems.add(
                route.settings.dead_letter_location,
                "dead letter topic " + config::quote(*dead_letters) +
                    " does not exist in the cluster"
            );
        }
    }
    return problems.sorted();
}

}  // namespace carafe::routing
