// How a running group takes an edit of its routes; its life is group.cpp.
#include <algorithm>

#include "processing/group.h"

namespace carafe::processing {

void Group::change(Change change) {
    post([this, change = std::move(change)] { change_now(change); });
}

void Group::change_now(const Change& change) {
    std::map<std::uint64_t, RoutePtr> before;
    for (const auto& [assignment, runner] : active_) {
        before.emplace(assignment, route_of(runner->id().topic));
    }
    const bool topics_differ = take(change);
    std::vector<RunnerPtr> outdated;
    for (const auto& [assignment, runner] : active_) {
        const RoutePtr now = route_of(runner->id().topic);
        if (now && now != before[assignment]) {
            outdated.push_back(runner);
            replaced_.emplace(assignment, runner);
        }
    }
    release_all(outdated, Runner::Reason::kRevoked);
    if (topics_differ) {
        try {
            subscribe();
        } catch (const std::exception& error) {
            on_error(error.what(), false);
        }
    }
}

// True when the group reads other topics than before.
bool Group::take(const Change& change) {
    commits_on_revocation_ = change.commits_on_revocation;
    std::erase_if(routes_, [&](const Routed& routed) {
        const auto& removed = change.removed;
        return std::find(removed.begin(), removed.end(), routed.route->topic) != removed.end();
    });
    bool topics_differ = !change.removed.empty();
    for (const Route& route : change.routes) {
        const auto known = std::find_if(routes_.begin(), routes_.end(), [&](const Routed& routed) {
            return routed.route->topic == route.topic;
        });
        auto taken = std::make_shared<const Route>(route);
        if (known == routes_.end()) {
            routes_.push_back({config::TopicPattern(route.topic), std::move(taken)});
            topics_differ = true;
        } else {
            known->route = std::move(taken);
        }
    }
    return topics_differ;
}

// The one before has let go of everything: its successor starts where it stopped. Only the client's
// fetch is moved; the group does not notice.
void Group::reopen(std::uint64_t assignment) {
    const auto found = replaced_.find(assignment);
    if (found == replaced_.end()) {
        return;  // revoked meanwhile, or not replaced at all
    }
    const RunnerPtr old = found->second;
    replaced_.erase(found);
    take_positions({old}, true);
    const kafka::PartitionPosition from{key_of(old->id()), hints_[assignment]};
    hints_.erase(assignment);
    client_->store_offsets({from});
    if (const auto error = client_->unassign({from.partition})) {
        on_error("unassign: " + *error, false);
    }
    if (route_of(from.partition.topic)) {
        open({from}, false);
    } else {
        client_->commit_async(from, 0);  // its revocation is on its way
    }
}

}  // namespace carafe::processing
