#include "app/controllers/ops_cluster_controller.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "app/controllers/ops_services.h"
#include "app/controllers/query.h"
#include "app/models/clock.h"
#include "app/models/ops_stats.h"
#include "app/serializers/ops_serializers.h"

namespace shop {

namespace {

namespace json = boost::json;
using carafe::ClusterReport;
using carafe::GroupReport;
using carafe::http::Problem;

constexpr std::int64_t kMostMessages = 100;
constexpr std::int64_t kMessages = 20;
constexpr std::int64_t kMostPartitions = 100'000;

template <typename T>
json::value nullable(const std::optional<T>& value) {
    return value ? json::value(*value) : json::value(nullptr);
}

struct Range {
    std::int64_t min;
    std::int64_t max;
};

std::optional<std::int64_t> query_integer(
    const Request& request, std::string_view name, Range range
) {
    const auto text = request.query_value(name);
    if (!text) {
        return std::nullopt;
    }
    std::int64_t value = 0;
    const char* const last = text->data() + text->size();
    const auto [end, error] = std::from_chars(text->data(), last, value);
    if (error != std::errc() || end != last || value < range.min || value > range.max) {
        throw bad_query(
            name,
            "must be an integer from " + std::to_string(range.min) + " to " +
                std::to_string(range.max)
        );
    }
    return value;
}

json::array problems_of(const ClusterReport& report) {
    json::array problems;
    for (const std::string& problem : report.problems) {
        problems.emplace_back(problem);
    }
    return problems;
}

// Of all groups; not known when one is not.
template <typename T>
json::value over_groups(
    const ClusterReport* report, std::optional<T> GroupReport::*member, T (*combine)(T, T)
) {
    std::optional<T> all;
    if (report != nullptr && !report->groups.empty()) {
        all = T{};
        for (const GroupReport& group : report->groups) {
            const std::optional<T>& one = group.*member;
            all = all && one ? std::optional(combine(*all, *one)) : std::nullopt;
        }
    }
    return nullable(all);
}

// What Kafka takes for one; anything else is an error there, not an empty answer.
bool is_topic_name(const std::string& name) {
    constexpr std::size_t kLongest = 249;
    return !name.empty() && name.size() <= kLongest &&
           name.find_first_not_of(
               "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
           ) == std::string::npos;
}

}  // namespace

std::shared_ptr<const ClusterReport> OpsClusterController::report() const {
    auto latest = services().ops->cluster();
    if (!latest) {
        throw Problem(503, "The cluster has not been looked at yet.").with("Retry-After", "1");
    }
    return latest;
}

Response OpsClusterController::stats() {
    current_admin();
    check_query(request(), {});
    const OpsStats stats = with_database([](auto& tx) { return OpsStats::read(tx); });
    const auto report = services().ops->cluster();
    return json(
        200,
        {{"at", now_rfc3339()},
         {"dead_letters_waiting", stats.dead_letters_waiting},
         {"redrives_open", stats.redrives_open},
         {"outbox_depth", stats.outbox_depth},
         {"outbox_oldest_seconds", nullable(stats.outbox_oldest_seconds)},
         {"outbox_parked", stats.outbox_parked},
         {"lag",
          over_groups<std::int64_t>(
              report.get(), &GroupReport::lag, [](std::int64_t a, std::int64_t b) { return a + b; }
          )},
         {"lag_seconds",
          over_groups<double>(
              report.get(),
              &GroupReport::lag_seconds,
              [](double a, double b) { return std::max(a, b); }
          )},
         {"problems",
          report ? problems_of(*report) : json::array{"the cluster: not looked at yet"}}}
    );
}

Response OpsClusterController::topics() {
    current_admin();
    check_query(request(), {});
    const auto latest = report();
    json::array rows;
    for (const carafe::TopicReport& topic : latest->topics) {
        rows.push_back(serializers::topic(topic, *latest));
    }
    return json(
        200,
        {{"at", rfc3339(latest->at)}, {"problems", problems_of(*latest)}, {"data", std::move(rows)}}
    );
}

Response OpsClusterController::consumer_groups() {
    current_admin();
    check_query(request(), {});
    const auto latest = report();
    const auto pauses = services().ops->pauses.list();
    json::array rows;
    for (const GroupReport& group : latest->groups) {
        rows.push_back(serializers::consumer_group(group, pauses));
    }
    return json(
        200,
        {{"at", rfc3339(latest->at)}, {"problems", problems_of(*latest)}, {"data", std::move(rows)}}
    );
}

Response OpsClusterController::trace() {
    current_admin();
    check_query(request(), {});
    const carafe::Trace trace = services().ops->trace(id_param("order_id"));
    if (trace.hops.empty() && trace.problems.empty()) {
        throw not_found();
    }
    json::array hops;
    for (const carafe::TraceHop& hop : trace.hops) {
        hops.push_back(serializers::trace_hop(hop));
    }
    json::array problems;
    for (const std::string& problem : trace.problems) {
        problems.emplace_back(problem);
    }
    return json(200, {{"problems", std::move(problems)}, {"data", std::move(hops)}});
}

Response OpsClusterController::messages() {
    current_admin();
    check_query(request(), {"partition", "offset", "limit"});
    const auto partition = query_integer(request(), "partition", {0, kMostPartitions}).value_or(0);
    const auto offset =
        query_integer(request(), "offset", {0, std::numeric_limits<std::int64_t>::max()});
    const auto limit = query_integer(request(), "limit", {1, kMostMessages}).value_or(kMessages);
    const std::string topic(request().param("topic"));
    if (!is_topic_name(topic)) {
        throw not_found();
    }
    try {
        const auto records = carafe::read_records(
            services().ops->kafka, {topic, static_cast<std::int32_t>(partition), offset, limit}
        );
        if (!records) {
            throw not_found();
        }
        json::array rows;
        for (const carafe::TopicRecord& record : *records) {
            rows.push_back(serializers::topic_record(record));
        }
        return json(200, {{"data", std::move(rows)}});
    } catch (const carafe::TransientError&) {
        throw Problem(503, "Kafka does not answer.").with("Retry-After", "1");
    }
}

}  // namespace shop
