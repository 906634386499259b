// The section consumer_groups: which consumer reads which topic, and how.

#include "config/sections.h"
#include "config/values.h"

namespace carafe::config {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kGroupIdBytesMax = 255;
constexpr DurationBounds kBackoffBounds{milliseconds(1), hours(24)};

const std::vector<Key<BatchSettings>>& batch_keys() {
    static const std::vector<Key<BatchSettings>> keys{
        integer(
            "max_messages",
            &BatchSettings::max_messages,
            {1, 100'000},
            "Records of one call at most."
        ),
        duration(
            "max_wait",
            &BatchSettings::max_wait,
            {milliseconds(0), seconds(60)},
            "How long a batch that is not full may wait to fill."
        ),
    };
    return keys;
}

constexpr int kLanesMax = 1024;

const std::vector<Key<ParallelSettings>>& parallel_keys() {
    static const std::vector<Key<ParallelSettings>> keys{
        choice(
            "by",
            &ParallelSettings::by,
            {"key"},
            "key: keys of a partition are worked on at the same time, each in its order."
        ),
        integer(
            "lanes",
            &ParallelSettings::lanes,
            {1, kLanesMax},
            "Calls of one partition at the same time; each needs a processing thread."
        ),
    };
    return keys;
}

Key<RetrySettings> backoff() {
    return {
        "backoff",
        "range of durations " + bounds_text(kBackoffBounds),
        "Pause before the next attempt: doubles from the first to the second duration.",
        [](const YamlNode& node, RetrySettings& retry, Problems& problems) {
            if (const auto range = read_duration_range(node, kBackoffBounds, problems)) {
                retry.backoff_min = range->min;
                retry.backoff_max = range->max;
            }
        },
        [](const RetrySettings& retry) {
            return bounds_text(DurationBounds{retry.backoff_min, retry.backoff_max});
        }};
}

const std::vector<Key<RetrySettings>>& retry_keys() {
    static const std::vector<Key<RetrySettings>> keys{
        integer(
            "attempts",
            &RetrySettings::attempts,
            {1, 1000},
            "Calls of the handler with a failing record, the first included. Outages do not count."
        ),
        backoff(),
        choice(
            "order",
            &RetrySettings::order,
            {"wait", "park"},
            "wait: later records of the partition wait for a failing one. park: only those of its "
            "key do, set aside in the database, and the others go on (exactly_once)."
        ),
    };
    return keys;
}

Key<TopicRoute> consumer() {
    Key<TopicRoute> key =
        string("consumer", &TopicRoute::consumer, "A name registered in routes/consumers.cpp.");
    key.is_required = true;
    key.read = [](const YamlNode& node, TopicRoute& route, Problems& problems) {
        route.consumer_location = node.location;
        if (route.delivery_location.line == 0) {
            route.delivery_location = node.location;
        }
        if (auto name = read_string(node, problems)) {
            route.consumer = std::move(*name);
        }
    };
    return key;
}

Key<TopicRoute> delivery() {
    return {
        "delivery",
        "one of at_least_once exactly_once",
        "at_least_once: done after the handler returned. exactly_once: effects in PostgreSQL "
        "commit together with the position; the consumer derives from TransactionalConsumer.",
        [](const YamlNode& node, TopicRoute& route, Problems& problems) {
            route.delivery_location = node.location;
            const auto mode = read_choice(node, {"at_least_once", "exactly_once"}, problems);
            if (mode) {
                route.delivery =
                    *mode == "exactly_once" ? Delivery::kExactlyOnce : Delivery::kAtLeastOnce;
            }
        },
        [](const TopicRoute& route) {
            return route.delivery == Delivery::kExactlyOnce ? "exactly_once" : "at_least_once";
        }};
}

Key<TopicRoute> parallel() {
    auto key = section("parallel", &TopicRoute::parallel, parallel_keys());
    key.nested = [](const YamlNode* node, TopicRoute& route, Reader& reader) {
        if (node != nullptr) {
            route.parallel_location = node->location;
        }
        read_section(node, parallel_keys(), route.parallel, reader);
        if (node != nullptr && node->kind == YamlNode::Kind::kMap && route.parallel.by.empty() &&
            find(*node, "by") == nullptr) {
            reader.problems.add(node->location, "missing key 'by': write 'by: key'");
        }
    };
    return key;
}

Key<TopicRoute> retry() {
    auto key = section("retry", &TopicRoute::retry, retry_keys());
    key.nested = [](const YamlNode* node, TopicRoute& route, Reader& reader) {
        if (node != nullptr) {
            route.retry_location = node->location;
        }
        read_section(node, retry_keys(), route.retry, reader);
    };
    return key;
}

const std::vector<Key<TopicRoute>>& dead_letter_keys() {
    static const std::vector<Key<TopicRoute>> keys{{
        "topic",
        "name of a topic",
        "Where records go that are given up. Without it, a failing record is retried for ever.",
        [](const YamlNode& node, TopicRoute& route, Problems& problems) {
            route.dead_letter_location = node.location;
            const auto topic = read_topic_name(node, problems);
            if (topic && *topic == route.topic) {
                problems.add(
                    node.location,
                    "the dead letter topic " + quote(*topic) +
                        " is the topic it takes dead letters of; did you mean " +
                        quote(*topic + ".dlq") + "?"
                );
                return;
            }
            route.dead_letter_topic = topic;
        },
        [](const TopicRoute& route) { return route.dead_letter_topic.value_or(""); },
        nullptr,
        nullptr,
        true,
    }};
    return keys;
}

Key<TopicRoute> dead_letter_queue() {
    Key<TopicRoute> key;
    key.name = "dead_letter_queue";
    key.nested = [](const YamlNode* node, TopicRoute& route, Reader& reader) {
        read_section(node, dead_letter_keys(), route, reader);
    };
    key.describe = [](std::vector<KeyDescription>& out, const std::string& path) {
        describe_section(dead_letter_keys(), path, out);
    };
    return key;
}

// What the section that has just been read put down, by the names of its keys.
std::map<std::string, std::string> keys_from(const Reader& reader, std::size_t first) {
    std::map<std::string, std::string> keys;
    for (std::size_t index = first; index < reader.effective.size(); ++index) {
        const EffectiveValue& value = reader.effective[index];
        keys.emplace(value.path.substr(reader.path.size()), value.value);
    }
    return keys;
}

void read_routes(const YamlNode& node, ConsumerGroupSettings& group, Reader& reader) {
    if (!is_section(node, reader.problems)) {
        return;
    }
    for (const YamlNode::Entry& entry : node.entries) {
        TopicRoute route;
        route.topic = entry.key;
        route.location = entry.location;
        const bool is_valid = check_topic_pattern(entry.key, entry.location, reader.problems);
        const PathScope scope(reader, entry.key);
        const std::size_t first = reader.effective.size();
        read_section(&entry.value, route_keys(), route, reader);
        route.keys = keys_from(reader, first);
        if (is_valid) {
            group.topics.push_back(std::move(route));
        }
    }
    if (node.entries.empty()) {
        reader.problems.add(node.location, "group " + quote(group.id) + " has no topics");
    }
}

const std::vector<Key<ConsumerGroupSettings>>& group_keys() {
    static const std::vector<Key<ConsumerGroupSettings>> keys{[] {
        Key<ConsumerGroupSettings> key;
        key.name = "topics";
        key.nested = [](const YamlNode* node, ConsumerGroupSettings& group, Reader& reader) {
            if (node != nullptr) {
                read_routes(*node, group, reader);
            } else {
                reader.problems.add(group.location, "group " + quote(group.id) + " has no topics");
            }
        };
        key.describe = [](std::vector<KeyDescription>& out, const std::string& path) {
            describe_section(route_keys(), path + "<topic>.", out);
        };
        return key;
    }()};
    return keys;
}

bool check_group_id(const YamlNode::Entry& entry, Problems& problems) {
    if (entry.key.empty() || entry.key.size() > kGroupIdBytesMax ||
        entry.key.find_first_of("\t\r\n ") != std::string::npos || find_bad_character(entry.key)) {
        problems.add(
            entry.location, quote(entry.key) + " is not a group id: 1 to 255 bytes without spaces"
        );
        return false;
    }
    return true;
}

}  // namespace

const std::vector<Key<TopicRoute>>& route_keys() {
    static const std::vector<Key<TopicRoute>> keys = [] {
        std::vector<Key<TopicRoute>> all{
            consumer(),
            delivery(),
            section("batch", &TopicRoute::batch, batch_keys()),
            parallel(),
            retry(),
            dead_letter_queue(),
        };
        all.insert(all.end(), flow_keys().begin(), flow_keys().end());
        return all;
    }();
    return keys;
}

void read_consumer_groups(const YamlNode& node, Settings& settings, Reader& reader) {
    if (!is_section(node, reader.problems)) {
        return;
    }
    for (const YamlNode::Entry& entry : node.entries) {
        ConsumerGroupSettings group;
        group.id = entry.key;
        group.location = entry.location;
        const bool is_valid = check_group_id(entry, reader.problems);
        const PathScope scope(reader, entry.key);
        read_section(&entry.value, group_keys(), group, reader);
        if (is_valid) {
            settings.consumer_groups.push_back(std::move(group));
        }
    }
}

}  // namespace carafe::config
