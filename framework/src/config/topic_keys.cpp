// The section topics: what `topics migrate` creates.

#include <algorithm>

#include "config/sections.h"
#include "config/values.h"

namespace carafe::config {

namespace {

void read_topic_config(const YamlNode* node, TopicSettings& topic, Reader& reader) {
    if (node == nullptr || !is_section(*node, reader.problems)) {
        return;
    }
    for (const YamlNode::Entry& entry : node->entries) {
        if (const auto value = read_string(entry.value, reader.problems)) {
            topic.config[entry.key] = *value;
            reader.effective.push_back(
                {reader.path + entry.key, *value, origin(reader, &entry.value)}
            );
        }
    }
}

Key<TopicSettings> topic_config() {
    Key<TopicSettings> key;
    key.name = "config";
    key.nested = read_topic_config;
    key.describe = [](std::vector<KeyDescription>& out, const std::string& path) {
        out.push_back(
            {path + "<property>",
             "string",
             "",
             "A topic property of Kafka by its own name: retention.ms"}
        );
    };
    return key;
}

// Kafka itself refuses such a pair: its metrics write '.' as '_'.
void refuse_collisions(const std::vector<TopicSettings>& topics, Problems& problems) {
    std::map<std::string, std::string> seen;
    for (const TopicSettings& topic : topics) {
        std::string folded = topic.name;
        std::replace(folded.begin(), folded.end(), '.', '_');
        const auto [first, is_new] = seen.emplace(folded, topic.name);
        if (!is_new) {
            problems.add(
                topic.location,
                "topic " + quote(topic.name) + " collides with " + quote(first->second) +
                    ": Kafka takes '.' and '_' for the same"
            );
        }
    }
}

}  // namespace

const std::vector<Key<TopicSettings>>& topic_keys() {
    static const std::vector<Key<TopicSettings>> keys{
        integer(
            "partitions",
            &TopicSettings::partitions,
            {1, 10'000},
            "Partitions; can grow, never shrink."
        ),
        integer(
            "replication",
            &TopicSettings::replication,
            {1, 100},
            "Copies of each partition, for a new topic."
        ),
        topic_config(),
    };
    return keys;
}

void read_topics(const YamlNode& node, Settings& settings, Reader& reader) {
    if (!is_section(node, reader.problems)) {
        return;
    }
    for (const YamlNode::Entry& entry : node.entries) {
        TopicSettings topic;
        topic.name = entry.key;
        topic.location = entry.location;
        const bool is_valid = check_topic_name(entry.key, entry.location, reader.problems);
        const PathScope scope(reader, entry.key);
        read_section(&entry.value, topic_keys(), topic, reader);
        if (is_valid) {
            settings.topics.push_back(std::move(topic));
        }
    }
    refuse_collisions(settings.topics, reader.problems);
}

}  // namespace carafe::config
