#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

#include "config/effective.h"
#include "config/sections.h"
#include "config/topic_pattern.h"
#include "config/yaml_reader.h"

namespace carafe {

namespace config {

namespace {

constexpr std::size_t kReadBytesMax = 256ULL * 1024 + 1;  // one more than is accepted

using ReadWhole = void (*)(const YamlNode&, Settings&, Reader&);

// A top-level section with keys of the user's own choosing.
Key<Settings> open_section(
    const std::string& name, ReadWhole read, const std::vector<KeyDescription>& rows
) {
    Key<Settings> key;
    key.name = name;
    key.nested = [read](const YamlNode* node, Settings& settings, Reader& reader) {
        if (node != nullptr) {
            read(*node, settings, reader);
        }
    };
    key.describe = [rows](std::vector<KeyDescription>& out, const std::string& path) {
        for (KeyDescription row : rows) {
            row.path = path + row.path;
            out.push_back(std::move(row));
        }
    };
    return key;
}

template <typename Section>
std::vector<KeyDescription> rows(const std::vector<Key<Section>>& keys, const std::string& path) {
    std::vector<KeyDescription> result;
    describe_section(keys, path, result);
    return result;
}

const YamlNode* section_of(const YamlNode& root, const std::string& name) {
    return root.kind == YamlNode::Kind::kMap ? find(root, name) : nullptr;
}

void need_broker(const YamlNode& root, const Settings& settings, Problems& problems) {
    const bool is_used = !settings.consumer_groups.empty() || !settings.topics.empty() ||
                         !settings.realtime.topics.empty();
    const YamlNode* kafka = section_of(root, "kafka");
    const bool is_given = kafka != nullptr && kafka->kind == YamlNode::Kind::kMap &&
                          find(*kafka, "bootstrap.servers") != nullptr;
    if (is_used && !is_given) {
        problems.add(
            kafka == nullptr ? root.location : kafka->location,
            "missing key 'bootstrap.servers' in the section kafka: host:port of a broker"
        );
    }
}

void need_database(const YamlNode& root, const Settings& settings, Problems& problems) {
    const YamlNode* database = section_of(root, "database");
    if (database != nullptr && database->kind == YamlNode::Kind::kMap &&
        find(*database, "url") != nullptr) {
        return;
    }
    for (const ConsumerGroupSettings& group : settings.consumer_groups) {
        for (const TopicRoute& route : group.topics) {
            if (route.delivery == Delivery::kExactlyOnce) {
                problems.add(
                    route.delivery_location,
                    "exactly_once keeps its positions in PostgreSQL: set url in the section "
                    "database"
                );
            }
        }
    }
}

// A member that was killed would keep its successor with the same id out for 43 s.
void refuse_static_consumer_protocol(
    const YamlNode& root, const Settings& settings, Problems& problems
) {
    const auto protocol = settings.kafka.find("group.protocol");
    if (settings.worker.membership == "static" && protocol != settings.kafka.end() &&
        protocol->second == "consumer") {
        const YamlNode* membership = find(*section_of(root, "worker"), "membership");
        problems.add(
            membership == nullptr ? root.location : membership->location,
            "membership static needs group.protocol classic: with consumer a killed member keeps "
            "its successor out"
        );
    }
}

void for_each_route(
    const Settings& settings, const std::function<void(const TopicRoute& route)>& visit
) {
    for (const ConsumerGroupSettings& group : settings.consumer_groups) {
        std::for_each(group.topics.begin(), group.topics.end(), visit);
    }
}

// What needs one way of delivery and is asked of the other.
void refuse_wrong_delivery(const TopicRoute& route, Problems& problems) {
    const bool is_exactly_once = route.delivery == Delivery::kExactlyOnce;
    if (!route.parallel.by.empty() && is_exactly_once) {
        problems.add(
            route.parallel_location,
            "parallel needs at_least_once: exactly_once moves the partition's one position with "
            "each transaction"
        );
    }
    if (route.retry.order == "park" && !is_exactly_once) {
        problems.add(
            route.retry_location,
            "order: park moves a failing record aside in the transaction of the position: write "
            "'delivery: exactly_once', or 'parallel: {by: key}', where a failing key holds up no "
            "other one either"
        );
    }
    if (route.deduplicate.count() > 0 && !is_exactly_once) {
        problems.add(
            route.deduplicate_location,
            "deduplicate keeps the ids of events in the transaction of their effects: write "
            "'delivery: exactly_once'"
        );
    }
}

void refuse_own_dead_letters(const TopicRoute& route, Problems& problems) {
    const std::string topic = route.dead_letter_topic.value_or("");
    if (TopicPattern::is_pattern(route.topic) && !topic.empty() &&
        TopicPattern(route.topic).matches(topic)) {
        problems.add(
            route.dead_letter_location,
            "the dead letter topic " + quote(topic) + " is among the topics that " +
                quote(route.topic) + " matches: choose a name that it does not match"
        );
    }
}

void refuse_circles(const Settings& settings, Problems& problems) {
    std::map<std::string, std::string> next;
    for_each_route(settings, [&](const TopicRoute& route) {
        if (!route.dead_letter_topic) {
            return;
        }
        std::set<std::string> seen{route.topic};
        std::string at = *route.dead_letter_topic;
        while (seen.insert(at).second && next.count(at) == 1) {
            at = next[at];
        }
        if (at == route.topic) {
            problems.add(
                route.dead_letter_location,
                "dead letters would go round in a circle: those of " +
                    quote(*route.dead_letter_topic) + " come back to " + quote(route.topic)
            );
        }
        next.emplace(route.topic, *route.dead_letter_topic);
    });
}

}  // namespace

const std::vector<Key<Settings>>& settings_keys() {
    static const std::vector<Key<Settings>> keys{
        open_section(
            "kafka",
            read_kafka,
            {{"<property>",
              "string",
              "",
              "A librdkafka property by its own name: bootstrap.servers"}}
        ),
        open_section(
            "consumer_groups", read_consumer_groups, rows(route_keys(), "<group>.topics.<topic>.")
        ),
        open_section("topics", read_topics, rows(topic_keys(), "<topic>.")),
        section("worker", &Settings::worker, worker_keys()),
        section("database", &Settings::database, database_keys()),
        section("http", &Settings::http, http_keys()),
        section("realtime", &Settings::realtime, realtime_keys()),
        section("log", &Settings::log, log_keys()),
    };
    return keys;
}

LoadedSettings parse(
    std::string_view yaml, const std::string& name, const Environment& environment
) {
    Problems problems;
    LoadedSettings loaded;
    const YamlNode root = read_yaml(yaml, environment, problems);
    Reader reader{name, problems, loaded.effective, ""};
    read_section(&root, settings_keys(), loaded.settings, reader);
    need_broker(root, loaded.settings, problems);
    need_database(root, loaded.settings, problems);
    refuse_static_consumer_protocol(root, loaded.settings, problems);
    for_each_route(loaded.settings, [&problems](const TopicRoute& route) {
        refuse_wrong_delivery(route, problems);
        refuse_own_dead_letters(route, problems);
    });
    refuse_circles(loaded.settings, problems);
    if (!problems.empty()) {
        throw SettingsError(name, problems.sorted());
    }
    return loaded;
}

LoadedSettings load(const std::string& path, const Environment& environment) {
    std::ifstream file(path, std::ios::binary);
    std::string text(kReadBytesMax, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.is_open() || file.bad()) {
        throw ConfigurationError(
            path +
            ": cannot be read; run from the directory of your app, or name the file with --config "
            "or CARAFE_CONFIG"
        );
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    return parse(text, path, environment);
}

std::vector<KeyDescription> describe_keys() {
    return rows(settings_keys(), "");
}

}  // namespace config

Environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
}

Settings load_settings(const std::string& path, const Environment& environment) {
    return config::load(path, environment).settings;
}

Settings parse_settings(
    std::string_view yaml, const std::string& name, const Environment& environment
) {
    return config::parse(yaml, name, environment).settings;
}

}  // namespace carafe
