#include "routing/plan.h"

#include <algorithm>
#include <set>
#include <utility>

namespace carafe::routing {

namespace {

using Keys = std::map<std::string, std::string>;
using RouteName = std::pair<std::string, std::string>;  // group, topic
using RoutesByName = std::map<RouteName, const Running::Route*>;

constexpr const char* kGroups = "consumer_groups.";

std::string value_of(const Keys& keys, const std::string& key) {
    const auto found = keys.find(key);
    return found == keys.end() ? "" : found->second;
}

std::vector<KeyChange> differences(const Keys& from, const Keys& to) {
    std::set<std::string> names;
    for (const Keys* keys : {&from, &to}) {
        for (const auto& [key, value] : *keys) {
            names.insert(key);
        }
    }
    std::vector<KeyChange> changes;
    for (const std::string& name : names) {
        KeyChange change{name, value_of(from, name), value_of(to, name)};
        if (change.from != change.to) {
            changes.push_back(std::move(change));
        }
    }
    return changes;
}

RoutesByName by_name(const Running& running) {
    RoutesByName routes;
    for (const Running::Route& route : running.routes) {
        routes.emplace(RouteName{route.group, route.topic}, &route);
    }
    return routes;
}

// Why a route cannot be taken by a worker that runs `from`; empty when it can.
std::string must_wait(const RouteChange& change, const Running& from, const Running::Route& to) {
    if (change.kind == RouteChange::Kind::kChanged) {
        for (const KeyChange& key : change.keys) {
            if (key.key == "delivery") {
                return "delivery moves the positions between Kafka and PostgreSQL";
            }
        }
    }
    if (value_of(to.keys, "delivery") == "exactly_once" &&
        value_of(from.settings, "database.url").empty()) {
        return "the worker was started without a database";
    }
    return "";
}

RouteChange::Kind waiting(RouteChange::Kind kind, const std::string& reason) {
    return reason.empty() ? kind : RouteChange::Kind::kWaits;
}

std::vector<RouteChange> route_changes(const Running& from, const Running& to) {
    const RoutesByName before = by_name(from);
    const RoutesByName after = by_name(to);
    std::vector<RouteChange> changes;
    for (const auto& [name, route] : before) {
        if (after.count(name) == 0) {
            changes.push_back({RouteChange::Kind::kRemoved, name.first, name.second, {}, ""});
        }
    }
    for (const auto& [name, route] : after) {
        const auto known = before.find(name);
        const bool is_new = known == before.end();
        RouteChange change;
        change.kind = is_new ? RouteChange::Kind::kAdded : RouteChange::Kind::kChanged;
        change.group = name.first;
        change.topic = name.second;
        change.keys =
            is_new ? std::vector<KeyChange>{} : differences(known->second->keys, route->keys);
        if (!is_new && change.keys.empty()) {
            continue;
        }
        change.reason = must_wait(change, from, *route);
        change.kind = waiting(change.kind, change.reason);
        changes.push_back(std::move(change));
    }
    return changes;
}

std::set<std::string> group_names(const Running& running) {
    std::set<std::string> names;
    for (const Running::Route& route : running.routes) {
        names.insert(route.group);
    }
    return names;
}

std::map<std::string, Plan::Group> group_changes(
    const std::vector<RouteChange>& routes, const Running& from, const Running& to
) {
    const std::set<std::string> before = group_names(from);
    const std::set<std::string> after = group_names(to);
    std::map<std::string, Plan::Group> groups;
    for (const RouteChange& change : routes) {
        if (change.kind == RouteChange::Kind::kWaits) {
            continue;
        }
        Plan::Group& group = groups.emplace(change.group, Plan::Group::kStays).first->second;
        if (before.count(change.group) == 0) {
            group = Plan::Group::kStarts;
        } else if (after.count(change.group) == 0) {
            group = Plan::Group::kStops;
        } else if (change.kind != RouteChange::Kind::kChanged) {
            group = Plan::Group::kRebalances;
        }
    }
    return groups;
}

bool is_live(const std::string& key) {
    static const std::set<std::string> live{
        "worker.shutdown_timeout", "worker.reload", "log.level"};
    return live.count(key) == 1;
}

bool is_elsewhere(const std::string& key) {
    return key.starts_with("topics.") || key.starts_with("http.") || key.starts_with("realtime.");
}

}  // namespace

Running running(const std::vector<Route>& routes, const config::LoadedSettings& loaded) {
    Running state;
    for (const Route& route : routes) {
        state.routes.push_back({route.group, route.settings.topic, route.settings.keys, 0});
    }
    for (const config::EffectiveValue& value : loaded.effective) {
        if (!value.path.starts_with(kGroups)) {
            state.settings.emplace(value.path, value.value);
        }
    }
    return state;
}

const char* name_of(RouteChange::Kind kind) {
    switch (kind) {
        case RouteChange::Kind::kAdded:
            return "add";
        case RouteChange::Kind::kRemoved:
            return "remove";
        case RouteChange::Kind::kChanged:
            return "change";
        case RouteChange::Kind::kWaits:
            break;
    }
    return "restart";
}

const char* name_of(Plan::Group group) {
    switch (group) {
        case Plan::Group::kStarts:
            return "starts";
        case Plan::Group::kStops:
            return "stops";
        case Plan::Group::kRebalances:
            return "rebalances";
        case Plan::Group::kStays:
            break;
    }
    return "none";
}

Plan plan(const Running& from, const Running& to) {
    Plan plan;
    plan.routes = route_changes(from, to);
    plan.groups = group_changes(plan.routes, from, to);
    for (KeyChange& change : differences(from.settings, to.settings)) {
        std::vector<KeyChange>& list = is_live(change.key)        ? plan.live
                                       : is_elsewhere(change.key) ? plan.elsewhere
                                                                  : plan.restart;
        list.push_back(std::move(change));
    }
    return plan;
}

}  // namespace carafe::routing
