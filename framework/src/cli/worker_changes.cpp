// How a worker process takes an edit of its routes; its life is worker_process.cpp.
#include <algorithm>
#include <set>

#include "cli/route_plan.h"
#include "cli/worker_process.h"
#include "config/topic_pattern.h"

namespace carafe::cli {

namespace {

using Kind = routing::RouteChange::Kind;

std::set<std::string> groups_of(const std::vector<routing::Route>& routes) {
    std::set<std::string> groups;
    for (const routing::Route& route : routes) {
        groups.insert(route.group);
    }
    return groups;
}

// What the plan means for a group that was there and still is.
processing::Group::Change change_of(processing::Group::Options group, const routing::Plan& plan) {
    processing::Group::Change change;
    change.commits_on_revocation = group.commits_on_revocation;
    for (const routing::RouteChange& edit : plan.routes) {
        if (edit.group != group.id || edit.kind == Kind::kWaits) {
            continue;
        }
        if (edit.kind == Kind::kRemoved) {
            change.removed.push_back(edit.topic);
            continue;
        }
        for (processing::Route& route : group.routes) {
            if (route.topic == edit.topic) {
                change.routes.push_back(std::move(route));
            }
        }
    }
    return change;
}

}  // namespace

void WorkerProcess::apply(
    const std::vector<routing::Route>& from,
    const std::vector<routing::Route>& to,
    const routing::Plan& plan
) {
    const std::set<std::string> before = groups_of(from);
    const std::set<std::string> after = groups_of(to);
    processing::Worker::Change change;
    change.drain_timeout = shutdown_timeout_;
    auto made = groups(to);
    std::set_difference(
        before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(change.stopped)
    );
    for (processing::Group::Options& group : made) {
        if (before.count(group.id) == 0) {
            change.started.push_back(std::move(group));
            continue;
        }
        const std::string id = group.id;
        auto edit = change_of(std::move(group), plan);
        if (!edit.routes.empty() || !edit.removed.empty()) {
            change.changed.emplace_back(id, std::move(edit));
        }
    }
    worker_->apply(std::move(change));
    routes_ = to;
    if (purge_ && !plan.routes.empty()) {
        purge_->stop();
        purge_ = std::make_unique<postgres::InboxPurge>(pool(), purge_rules(to));
        purge_->start();
    }
    if (before != after || !plan.groups.empty()) {
        cluster_.watch(routes_);
    }
}

int WorkerProcess::assigned(const std::string& group, const std::string& topic) const {
    const config::TopicPattern pattern(topic);
    int count = 0;
    for (const auto& [id, status] : worker_->status()) {
        for (const processing::Group::Lane& lane : status.lanes) {
            count += id == group && pattern.matches(lane.topic) ? 1 : 0;
        }
    }
    return count;
}

}  // namespace carafe::cli
