#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "processing/runner.h"

namespace carafe::processing {

// What a Group is made of, how it is changed, and what it tells of itself.

struct GroupOptions {
    std::string id;
    std::vector<Route> routes;
    bool commits_on_revocation = true;  // an at_least_once route is among them
    // Outside the group for so long, the client is replaced: once in a while librdkafka 2.15.1
    // does not join again after its session timed out while the coordinator was away.
    std::chrono::milliseconds rejoin_timeout{30'000};
};

// An edit of the routes of a group that is running.
struct GroupChange {
    std::vector<Route> routes;         // new ones, and those that differ
    std::vector<std::string> removed;  // topics
    bool commits_on_revocation = true;
};

// One assigned partition.
struct GroupLane {
    std::string topic;
    std::int32_t partition = 0;
    std::string state;                 // idle running degraded halted paused
    std::chrono::milliseconds busy{};  // the longest call under way
};

struct GroupStatus {
    bool joined = false;  // a member, and an assignment (of any size) has come
    std::size_t assigned = 0;
    std::int32_t generation = -1;       // of the group; negative: not known
    std::vector<std::string> degraded;  // topic/partition
    std::vector<std::string> halted;
    std::vector<GroupLane> lanes;
    std::vector<CallStatus> calls;  // of consumers, under way
    std::chrono::milliseconds since_poll{};
    std::chrono::milliseconds longest_call{};
    std::string longest_call_partition;
};

}  // namespace carafe::processing
