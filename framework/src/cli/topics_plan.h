#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "carafe/settings.h"
#include "kafka/admin.h"

namespace carafe::cli {

// One thing that `topics migrate` does to a topic, or cannot do.
struct TopicChange {
    enum class Kind { kCreate, kGrow, kConfigure, kRefused };
    Kind kind = Kind::kCreate;
    TopicSettings wanted;
    std::map<std::string, std::string> config;  // of kConfigure: only what differs
    std::string description;                    // a line for people
    bool loses_data = false;                    // records that are there may go
};

// What it takes to make the cluster have the topics of karafka.yml. Topics that karafka.yml does
// not name, and properties it does not set, are left alone.
std::vector<TopicChange> plan_topics(
    const std::vector<TopicSettings>& wanted,
    const std::map<std::string, kafka::TopicState>& existing
);

// "retention.ms=-1, cleanup.policy=compact"
std::string config_text(const std::map<std::string, std::string>& config);

// Something in it needs to be told that records may go.
bool loses_data(const std::vector<TopicChange>& changes);

bool has_refusal(const std::vector<TopicChange>& changes);

// The cluster's topics with the config of those that karafka.yml names.
std::map<std::string, kafka::TopicState> topic_states(
    const kafka::Admin& admin, const std::vector<TopicSettings>& wanted
);

// Carries a plan out and waits until every topic is visible. `say` is told each step.
void migrate_topics(
    kafka::Admin& admin,
    const std::vector<TopicChange>& changes,
    const std::function<void(const std::string&)>& say
);

}  // namespace carafe::cli
