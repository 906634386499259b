#pragma once

#include <vector>

#include "config/key.h"

namespace carafe::config {

// The tables of karafka.yml: every key with its description, default, unit and check. The sections
// with keys of the user's own choosing (groups, topics, Kafka properties) have a reader around
// their table.

const std::vector<Key<WorkerSettings>>& worker_keys();
const std::vector<Key<DatabaseSettings>>& database_keys();
const std::vector<Key<HttpSettings>>& http_keys();
const std::vector<Key<RealtimeSettings>>& realtime_keys();
const std::vector<Key<LogSettings>>& log_keys();

const std::vector<Key<TopicSettings>>& topic_keys();
void read_topics(const YamlNode& node, Settings& settings, Reader& reader);

const std::vector<Key<TopicRoute>>& route_keys();
const std::vector<Key<TopicRoute>>& flow_keys();  // a part of them
void read_consumer_groups(const YamlNode& node, Settings& settings, Reader& reader);

void read_kafka(const YamlNode& node, Settings& settings, Reader& reader);

// Everything, top level.
const std::vector<Key<Settings>>& settings_keys();

}  // namespace carafe::config
