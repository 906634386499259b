#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "kafka/properties.h"
#include "postgres/inbox_purge.h"
#include "processing/runner.h"
#include "routing/routes.h"

namespace carafe::cli {

// What the routes of karafka.yml mean to the parts that a worker is made of.

[[nodiscard]] processing::PartitionCore::Policy policy_of(const TopicRoute& route);
[[nodiscard]] processing::Admission::Policy admission_of(const TopicRoute& route);
[[nodiscard]] std::vector<postgres::InboxPurge::Rule> purge_rules(
    const std::vector<routing::Route>& routes
);

// `partitions`: how many each topic has, as far as that is known.
[[nodiscard]] int total_partitions(
    const std::vector<routing::Route>& routes, const std::map<std::string, int>& partitions
);

[[nodiscard]] std::set<std::string> groups_with_patterns(const std::vector<routing::Route>& routes);
// For those: a topic that is made later is found soon.
[[nodiscard]] kafka::Properties finds_topics();

}  // namespace carafe::cli
