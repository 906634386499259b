#include "cli/route_plan.h"

#include "config/topic_pattern.h"

namespace carafe::cli {

namespace {

constexpr int kUnknownPartitions = 16;

}  // namespace

processing::PartitionCore::Policy policy_of(const TopicRoute& route) {
    processing::PartitionCore::Policy policy;
    policy.max_messages = route.batch.max_messages;
    policy.max_wait = route.batch.max_wait;
    policy.retry.attempts = route.retry.attempts;
    policy.retry.backoff_min = route.retry.backoff_min;
    policy.retry.backoff_max = route.retry.backoff_max;
    policy.proves_membership = route.delivery == Delivery::kExactlyOnce;
    policy.retry.has_dead_letter_topic = route.dead_letter_topic.has_value();
    policy.retry.writes_attempts = true;
    policy.retry.parks = route.retry.order == "park";
    return policy;
}

processing::Admission::Policy admission_of(const TopicRoute& route) {
    processing::Admission::Policy policy;
    policy.delay = route.delay;
    if (route.rate_limit.records > 0) {
        policy.limiter = std::make_shared<processing::RateLimiter>(
            route.rate_limit.records, route.rate_limit.period
        );
    }
    return policy;
}

std::vector<postgres::InboxPurge::Rule> purge_rules(const std::vector<routing::Route>& routes) {
    std::vector<postgres::InboxPurge::Rule> rules;
    for (const routing::Route& route : routes) {
        if (route.settings.deduplicate.count() > 0) {
            const config::TopicPattern pattern(route.settings.topic);
            rules.push_back(
                {route.group,
                 pattern.subscription(),
                 pattern.is_pattern(),
                 route.settings.deduplicate}
            );
        }
    }
    return rules;
}

int total_partitions(
    const std::vector<routing::Route>& routes, const std::map<std::string, int>& partitions
) {
    int total = 0;
    for (const routing::Route& route : routes) {
        const config::TopicPattern pattern(route.settings.topic);
        int of_route = 0;
        for (const auto& [topic, count] : partitions) {
            of_route += pattern.matches(topic) ? count : 0;
        }
        total += of_route == 0 ? kUnknownPartitions : of_route;
    }
    return total;
}

std::set<std::string> groups_with_patterns(const std::vector<routing::Route>& routes) {
    std::set<std::string> groups;
    for (const routing::Route& route : routes) {
        if (config::TopicPattern::is_pattern(route.settings.topic)) {
            groups.insert(route.group);
        }
    }
    return groups;
}

// librdkafka's own default is five minutes.
kafka::Properties finds_topics() {
    return {{"topic.metadata.refresh.interval.ms", "10000"}};
}

}  // namespace carafe::cli
