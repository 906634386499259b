#include "cli/topics_plan.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace carafe::cli {

namespace {

using Kind = TopicChange::Kind;

TopicChange creation(const TopicSettings& topic) {
    return {
        Kind::kCreate,
        topic,
        {},
        "create with " + std::to_string(topic.partitions) + " partitions, replication " +
            std::to_string(topic.replication) +
            (topic.config.empty() ? "" : ", " + config_text(topic.config))};
}

void plan_partitions(
    const TopicSettings& topic, const kafka::TopicState& state, std::vector<TopicChange>& changes
) {
    if (topic.partitions > state.partitions) {
        changes.push_back(
            {Kind::kGrow,
             topic,
             {},
             "grow from " + std::to_string(state.partitions) + " to " +
                 std::to_string(topic.partitions) +
                 " partitions (new records of a key may go to another partition than its old ones)"}
        );
    } else if (topic.partitions < state.partitions) {
        changes.push_back(
            {Kind::kRefused,
             topic,
             {},
             "has " + std::to_string(state.partitions) + " partitions, karafka.yml says " +
                 std::to_string(topic.partitions) + ": Kafka cannot take partitions away; write " +
                 std::to_string(state.partitions)}
        );
    }
    if (topic.replication != state.replication) {
        changes.push_back(
            {Kind::kRefused,
             topic,
             {},
             "has replication " + std::to_string(state.replication) + ", karafka.yml says " +
                 std::to_string(topic.replication) +
                 ": change it with Kafka's kafka-reassign-partitions, or write " +
                 std::to_string(state.replication)}
        );
    }
}

std::optional<std::int64_t> number_of(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_whole = error == std::errc() && end == text.data() + text.size();
    return is_whole ? std::optional(number) : std::nullopt;
}

// Whether a limit on what is kept becomes tighter; negative means none. `usual` is Kafka's default.
bool is_tighter(const std::string* now, const std::string& wanted, std::int64_t usual) {
    const auto before = now == nullptr ? std::optional(usual) : number_of(*now);
    const auto after = number_of(wanted);
    return !before || !after || (*after >= 0 && (*before < 0 || *after < *before));
}

// Kafka deletes records after such a change, and nothing brings them back. What the broker's own
// default is, is not asked: Kafka's is assumed.
bool may_delete(const std::string& property, const std::string* now, const std::string& wanted) {
    constexpr std::int64_t kWeekMs = 7LL * 24 * 3600 * 1000;
    if (property == "retention.ms") {
        return is_tighter(now, wanted, kWeekMs);
    }
    if (property == "retention.bytes") {
        return is_tighter(now, wanted, -1);
    }
    return property == "cleanup.policy" && wanted != (now == nullptr ? "delete" : *now);
}

void plan_config(
    const TopicSettings& topic, const kafka::TopicState& state, std::vector<TopicChange>& changes
) {
    std::map<std::string, std::string> different;
    std::string description;
    bool loses_data = false;
    for (const auto& [name, value] : topic.config) {
        const auto now = state.config.find(name);
        if (now == state.config.end() || now->second != value) {
            different[name] = value;
            description.append(description.empty() ? "set " : ", ").append(name).append(" from ");
            description.append(now == state.config.end() ? "the default" : now->second);
            description.append(" to ").append(value);
            loses_data |=
                may_delete(name, now == state.config.end() ? nullptr : &now->second, value);
        }
    }
    if (!different.empty()) {
        description += loses_data ? " (records that are there may be deleted)" : "";
        changes.push_back({Kind::kConfigure, topic, different, description, loses_data});
    }
}

void create(kafka::Admin& admin, const TopicSettings& topic) {
    try {
        admin.create(topic);
    } catch (const kafka::AdminError&) {
        if (admin.topics().count(topic.name) == 0) {
            throw;  // not merely created by another process in the meantime
        }
    }
}

void carry_out(kafka::Admin& admin, const TopicChange& change) {
    switch (change.kind) {
        case Kind::kCreate:
            create(admin, change.wanted);
            break;
        case Kind::kGrow:
            admin.grow(change.wanted.name, change.wanted.partitions);
            break;
        case Kind::kConfigure:
            admin.set_config(change.wanted.name, change.config);
            break;
        case Kind::kRefused:
            break;
    }
}

}  // namespace

std::vector<TopicChange> plan_topics(
    const std::vector<TopicSettings>& wanted,
    const std::map<std::string, kafka::TopicState>& existing
) {
    std::vector<TopicChange> changes;
    for (const TopicSettings& topic : wanted) {
        const auto state = existing.find(topic.name);
        if (state == existing.end()) {
            changes.push_back(creation(topic));
            continue;
        }
        plan_partitions(topic, state->second, changes);
        plan_config(topic, state->second, changes);
    }
    return changes;
}

std::string config_text(const std::map<std::string, std::string>& config) {
    std::string text;
    for (const auto& [name, value] : config) {
        text.append(text.empty() ? "" : ", ").append(name).append("=").append(value);
    }
    return text;
}

bool loses_data(const std::vector<TopicChange>& changes) {
    return std::any_of(changes.begin(), changes.end(), [](const TopicChange& change) {
        return change.loses_data;
    });
}

bool has_refusal(const std::vector<TopicChange>& changes) {
    return std::any_of(changes.begin(), changes.end(), [](const TopicChange& change) {
        return change.kind == Kind::kRefused;
    });
}

std::map<std::string, kafka::TopicState> topic_states(
    const kafka::Admin& admin, const std::vector<TopicSettings>& wanted
) {
    std::map<std::string, kafka::TopicState> states = admin.topics();
    std::vector<std::string> named;
    for (const TopicSettings& topic : wanted) {
        if (states.count(topic.name) == 1) {
            named.push_back(topic.name);
        }
    }
    for (auto& [name, config] : admin.configs(named)) {
        states[name].config = std::move(config);
    }
    return states;
}

void migrate_topics(
    kafka::Admin& admin,
    const std::vector<TopicChange>& changes,
    const std::function<void(const std::string&)>& say
) {
    for (const TopicChange& change : changes) {
        say(change.wanted.name + ": " + change.description);
        carry_out(admin, change);
    }
    for (const TopicChange& change : changes) {
        const bool is_new = change.kind == Kind::kCreate || change.kind == Kind::kGrow;
        if (is_new && !admin.wait_until_visible(change.wanted.name, change.wanted.partitions)) {
            throw TransientError(
                "topic '" + change.wanted.name +
                "' has partitions without a leader: are all brokers running?"
            );
        }
    }
}

}  // namespace carafe::cli
