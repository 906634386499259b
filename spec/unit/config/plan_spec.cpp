#include <gtest/gtest.h>

#include "routing/plan.h"
#include "unit/config/settings_support.h"

namespace carafe::routing::spec {

namespace {

using Kind = RouteChange::Kind;
using Group = Plan::Group;

// What a worker of that file runs; the consumers exist.
Running running_of(const std::string& groups, const std::string& rest = "") {
    const auto loaded = config::parse(
        "kafka: {bootstrap.servers: 'x:1'}\nconsumer_groups: {" + groups + "}\n" + rest,
        "karafka.yml",
        config::spec::environment({})
    );
    std::vector<Route> routes;
    for (const ConsumerGroupSettings& group : loaded.settings.consumer_groups) {
        for (const TopicRoute& route : group.topics) {
            routes.push_back({group.id, route, {}});
        }
    }
    return running(routes, loaded);
}

const char* const kTwo = "g: {topics: {order: {consumer: C}, order.batch: {consumer: C}}}";

TEST(RoutesPlan, of_the_same_routes_written_differently_is_empty) {
    const Running from = running_of(kTwo);
    const Running to = running_of(
        "g: {topics: {order.batch: {consumer: C, batch: {max_messages: 500}}, order: {consumer: C, "
        "retry: {attempts: 3}}}}",
        "worker: {processing_threads: 8}\n"
    );
    EXPECT_TRUE(plan(from, to).empty());
}

TEST(RoutesPlan, names_the_keys_of_a_route_that_differ_and_rebalances_nothing) {
    const Plan found = plan(
        running_of(kTwo),
        running_of("g: {topics: {order: {consumer: D, batch: {max_wait: 7ms}}, order.batch: "
                   "{consumer: C}}}")
    );
    ASSERT_EQ(found.routes.size(), 1U);
    EXPECT_EQ(found.routes[0].kind, Kind::kChanged);
    EXPECT_EQ(found.routes[0].topic, "order");
    ASSERT_EQ(found.routes[0].keys.size(), 2U);
    EXPECT_EQ(found.routes[0].keys[0].key, "batch.max_wait");
    EXPECT_EQ(found.routes[0].keys[0].from, "5ms");
    EXPECT_EQ(found.routes[0].keys[0].to, "7ms");
    EXPECT_EQ(found.routes[0].keys[1].key, "consumer");
    EXPECT_EQ(found.groups.at("g"), Group::kStays);
}

TEST(RoutesPlan, rebalances_a_group_for_a_topic_more_or_less) {
    const Running one = running_of("g: {topics: {order: {consumer: C}}}");
    const Plan more = plan(one, running_of(kTwo));
    ASSERT_EQ(more.routes.size(), 1U);
    EXPECT_EQ(more.routes[0].kind, Kind::kAdded);
    EXPECT_EQ(more.groups.at("g"), Group::kRebalances);
    const Plan less = plan(running_of(kTwo), one);
    ASSERT_EQ(less.routes.size(), 1U);
    EXPECT_EQ(less.routes[0].kind, Kind::kRemoved);
    EXPECT_EQ(less.groups.at("g"), Group::kRebalances);
}

TEST(RoutesPlan, starts_and_stops_groups) {
    const Plan found = plan(
        running_of("old: {topics: {a: {consumer: C}}}"),
        running_of("new: {topics: {a: {consumer: C}}}")
    );
    EXPECT_EQ(found.groups.at("old"), Group::kStops);
    EXPECT_EQ(found.groups.at("new"), Group::kStarts);
}

TEST(RoutesPlan, lets_a_change_of_delivery_wait_for_a_restart) {
    const std::string database = "database: {url: 'postgresql://x/y'}\n";
    const Running from = running_of("g: {topics: {a: {consumer: C}}}", database);
    const Running to =
        running_of("g: {topics: {a: {consumer: C, delivery: exactly_once}}}", database);
    const Plan found = plan(from, to);
    ASSERT_EQ(found.routes.size(), 1U);
    EXPECT_EQ(found.routes[0].kind, Kind::kWaits);
    EXPECT_NE(found.routes[0].reason, "");
    EXPECT_TRUE(found.groups.empty());
}

TEST(RoutesPlan, lets_exactly_once_wait_when_the_worker_has_no_database) {
    const Plan found = plan(
        running_of("g: {topics: {a: {consumer: C}}}"),
        running_of(
            "g: {topics: {a: {consumer: C}, b: {consumer: C, delivery: exactly_once}}}",
            "database: {url: 'postgresql://x/y'}\n"
        )
    );
    ASSERT_EQ(found.routes.size(), 1U);
    EXPECT_EQ(found.routes[0].kind, Kind::kWaits);
    ASSERT_EQ(found.restart.size(), 1U);
    EXPECT_EQ(found.restart[0].key, "database.url");
}

TEST(RoutesPlan, tells_what_is_taken_at_once_from_what_waits_and_what_is_not_the_workers) {
    const std::string groups = "g: {topics: {a: {consumer: C}}}";
    const Plan found = plan(
        running_of(groups),
        running_of(
            groups,
            "worker: {shutdown_timeout: 1s, processing_threads: 3}\nlog: {level: debug}\n"
            "http: {port: 1}\ntopics: {a: {partitions: 6}}\n"
        )
    );
    ASSERT_EQ(found.live.size(), 2U);
    EXPECT_EQ(found.live[0].key, "log.level");
    EXPECT_EQ(found.live[1].key, "worker.shutdown_timeout");
    ASSERT_EQ(found.restart.size(), 1U);
    EXPECT_EQ(found.restart[0].key, "worker.processing_threads");
    ASSERT_FALSE(found.elsewhere.empty());
    EXPECT_EQ(found.elsewhere[0].key, "http.port");
    EXPECT_EQ(found.elsewhere.back().key.rfind("topics.a.", 0), 0U);
}

}  // namespace

}  // namespace carafe::routing::spec
