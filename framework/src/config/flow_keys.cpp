// Keys of a route about which records come when: deduplicate, rate_limit, delay, tick, pause.

#include "config/sections.h"
#include "config/values.h"

namespace carafe::config {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr std::int64_t kRateMax = 10'000'000;
constexpr DurationBounds kDeduplicateBounds{minutes(1), hours(24 * 366)};

Key<TopicRoute> deduplicate() {
    return {
        "deduplicate",
        "duration " + bounds_text(kDeduplicateBounds),
        "How long the ids of events (ce_id) are remembered: a record whose id the group has "
        "handled "
        "is left out. exactly_once only.",
        [](const YamlNode& node, TopicRoute& route, Problems& problems) {
            route.deduplicate_location = node.location;
            if (const auto time = read_duration(node, kDeduplicateBounds, problems)) {
                route.deduplicate = *time;
            }
        },
        [](const TopicRoute& route) {
            return route.deduplicate.count() == 0 ? "" : format_duration(route.deduplicate);
        }};
}

Key<TopicRoute> rate_limit() {
    return {
        "rate_limit",
        "rate such as 100/s, 20/m or 5/h",
        "Records handed out at most, over all partitions of the route in one worker. Retries do "
        "not "
        "count.",
        [](const YamlNode& node, TopicRoute& route, Problems& problems) {
            if (const auto rate = read_rate(node, kRateMax, problems)) {
                route.rate_limit = *rate;
            }
        },
        [](const TopicRoute& route) { return format_rate(route.rate_limit); }};
}

Key<TopicRoute> pause() {
    return {
        "pause",
        "one of true false",
        "true: the route's partitions are assigned and nothing is taken from them.",
        [](const YamlNode& node, TopicRoute& route, Problems& problems) {
            if (const auto flag = read_flag(node, problems)) {
                route.pause = *flag;
            }
        },
        [](const TopicRoute& route) { return route.pause ? "true" : "false"; }};
}

}  // namespace

const std::vector<Key<TopicRoute>>& flow_keys() {
    static const std::vector<Key<TopicRoute>> keys{
        deduplicate(),
        rate_limit(),
        duration(
            "delay",
            &TopicRoute::delay,
            {milliseconds(0), hours(24 * 31)},
            "A record is handed out no earlier than so long after its timestamp."
        ),
        duration(
            "tick",
            &TopicRoute::tick,
            {milliseconds(0), hours(24)},
            "How often the consumer's tick() is called, whether records come or not; 0: never."
        ),
        pause(),
    };
    return keys;
}

}  // namespace carafe::config
