#include "app/controllers/ops_pauses_controller.h"

#include <algorithm>
#include <boost/json.hpp>

#include "app/controllers/ops_services.h"
#include "app/controllers/params.h"
#include "app/controllers/query.h"
#include "app/models/clock.h"
#include "app/serializers/ops_serializers.h"

namespace shop {

namespace {

using carafe::http::Problem;
using carafe::postgres::Pause;
using carafe::postgres::PauseScope;
using carafe::postgres::WorkerLane;

constexpr std::int64_t kMostPartitions = 100'000;

PauseScope read_scope(Params& params, const std::string& group) {
    PauseScope scope;
    scope.group = group;
    scope.topic = params.optional_text("topic", {1, 249, true}).value_or("");
    if (const auto partition = params.optional_integer("partition", {0, kMostPartitions})) {
        scope.partition = static_cast<std::int32_t>(*partition);
    }
    return scope;
}

void check_scope(const PauseScope& scope) {
    if (scope.partition && scope.topic.empty()) {
        throw Problem(422, "A partition of what?", {{"/topic", "is required with a partition"}});
    }
}

}  // namespace

std::string OpsPausesController::group() const {
    std::string name(request().param("group"));
    const auto& known = services().ops->groups;
    if (std::find(known.begin(), known.end(), name) == known.end()) {
        throw not_found();
    }
    return name;
}

Response OpsPausesController::pauses_of(const std::string& group) const {
    boost::json::array rows;
    for (const Pause& each : services().ops->pauses.list()) {
        if (each.scope.group == group) {
            rows.push_back(serializers::pause(each));
        }
    }
    return json(200, {{"data", std::move(rows)}});
}

Response OpsPausesController::pause() {
    const std::string actor = current_admin().user_id;
    Pause wanted;
    const std::string name = group();
    Params params(request().body);
    wanted.scope = read_scope(params, name);
    wanted.actor = actor;
    wanted.reason = params.text("reason", {1, 1000, true});
    if (const auto until = params.optional_text("until", {1, 40, true})) {
        wanted.until = parse_rfc3339(*until);
        if (!wanted.until) {
            params.refuse("until", "must be a time in UTC, as in 2026-11-21T03:00:00Z");
        }
    }
    params.finish();
    check_scope(wanted.scope);
    if (wanted.until && *wanted.until <= std::chrono::system_clock::now()) {
        throw Problem(422, "That time has passed.", {{"/until", "must be a time to come"}});
    }
    services().ops->pauses.pause(wanted);
    return pauses_of(name);
}

Response OpsPausesController::resume() {
    const std::string actor = current_admin().user_id;
    const std::string name = group();
    Params params(request().body);
    const PauseScope scope = read_scope(params, name);
    const std::string reason = params.text("reason", {1, 1000, true});
    params.finish();
    check_scope(scope);
    if (!services().ops->pauses.resume(scope, actor, reason)) {
        throw Problem(409, "This is not paused.");
    }
    return pauses_of(name);
}

Response OpsPausesController::lanes() {
    current_admin();
    check_query(request(), {});
    boost::json::array rows;
    for (const WorkerLane& lane : services().ops->pauses.lanes()) {
        rows.push_back(serializers::worker_lane(lane));
    }
    return json(200, {{"data", std::move(rows)}});
}

}  // namespace shop
