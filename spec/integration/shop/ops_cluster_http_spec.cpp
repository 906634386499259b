// What operators see of the cluster over HTTP, and how they hold consumers up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "carafe/testing/kafka_fixture.h"
#include "integration/shop/web_fixture.h"

namespace {

using namespace shop;
using namespace shop::specs;

class OpsCluster : public ::testing::Test {
protected:
    Answer get(const std::string& path, const std::map<std::string, std::string>& query = {}) {
        Call call{"GET", path, "", web_.admin(), {}, {}};
        call.query = query;
        return web_.call(call);
    }
    Answer post(const std::string& path, const std::string& body) {
        return web_.call({"POST", path, body, web_.admin(), {}, {}});
    }

    Web web_;
};

TEST_F(OpsCluster, shows_lag_and_never_a_zero_for_what_is_not_known) {
    EXPECT_EQ(get("/ops/stats").at("/lag"), "null");
    auto report = std::make_shared<carafe::ClusterReport>();
    report->topics.push_back({"orders", {{0, 5, 15}, {1, {}, {}}}, {}, 1.5});
    carafe::GroupReport group;
    group.id = "shop-orders";
    group.partitions.push_back({"orders", 0, 12, 15, 3, 2.5, "worker-1"});
    group.partitions.push_back({"orders", 1, {}, {}, {}, {}, ""});
    report->groups.push_back(group);
    report->problems.push_back("offsets: no answer");
    web_.cluster = report;
    const Answer topics = get("/ops/topics");
    ASSERT_EQ(topics.status, 200) << topics.text;
    EXPECT_EQ(topics.at("/data/0/messages"), "null");
    EXPECT_EQ(topics.at("/data/0/groups/0/lag"), "null");
    EXPECT_EQ(topics.at("/problems/0"), "offsets: no answer");
    const Answer groups = get("/ops/consumer_groups");
    ASSERT_EQ(groups.status, 200) << groups.text;
    EXPECT_EQ(groups.at("/data/0/lag"), "null");
    EXPECT_EQ(groups.at("/data/0/partitions/0/lag"), "3");
    EXPECT_EQ(groups.at("/data/0/partitions/1/member"), "null");
    EXPECT_EQ(get("/ops/stats").at("/lag"), "null");
}

TEST_F(OpsCluster, reads_records_of_a_topic) {
    carafe::testing::KafkaFixture kafka;
    const std::string topic = kafka.create_topic("looked-at", 1);
    kafka.produce(
        {{topic, "k", "first", {{"ce_type", "A"}}}, {topic, "k", "\xff", {}}, {topic, "k", "3", {}}}
    );
    const std::string path = "/ops/topics/" + topic + "/messages";
    const Answer newest = get(path, {{"limit", "2"}});
    ASSERT_EQ(newest.status, 200) << newest.text;
    EXPECT_EQ(newest.at("/data/0/payload_base64"), "/w==");
    EXPECT_EQ(newest.at("/data/1/payload"), "3");
    const Answer first = get(path, {{"offset", "0"}, {"limit", "1"}});
    EXPECT_EQ(first.at("/data/0/payload"), "first");
    EXPECT_EQ(first.at("/data/0/headers/0/value"), "A");
    EXPECT_EQ(get(path, {{"partition", "7"}}).status, 404);
    EXPECT_EQ(get(path, {{"limit", "0"}}).pointers(), "/query/limit");
    EXPECT_EQ(get("/ops/topics/nowhere/messages").status, 404);
}

TEST_F(OpsCluster, pauses_with_owner_reason_and_end_and_resumes) {
    const std::string group = "/ops/consumer_groups/shop-orders";
    const Answer paused = post(
        group + "/pause",
        R"({"topic":"orders","partition":1,"reason":"repair","until":"2199-01-01T00:00:00Z"})"
    );
    ASSERT_EQ(paused.status, 200) << paused.text;
    EXPECT_EQ(paused.at("/data/0/partition"), "1");
    EXPECT_EQ(paused.at("/data/0/actor"), web_.shop.admin);
    EXPECT_THAT(paused.at("/data/0/until"), ::testing::StartsWith("2199-01-01T00:00:00"));
    EXPECT_EQ(get("/ops/audit").at("/data/0/action"), "pause");
    EXPECT_EQ(post(group + "/pause", R"({"partition":1,"reason":"r"})").pointers(), "/topic");
    EXPECT_EQ(
        post(group + "/pause", R"({"reason":"r","until":"2001-01-01T00:00:00Z"})").pointers(),
        "/until"
    );
    EXPECT_EQ(post(group + "/pause", R"({"reason":"r","until":"soon"})").pointers(), "/until");
    EXPECT_EQ(post(group + "/resume", R"({"reason":"r"})").status, 409);
    const Answer resumed =
        post(group + "/resume", R"({"topic":"orders","partition":1,"reason":"done"})");
    EXPECT_EQ(resumed.at("/data"), "[]");
    EXPECT_EQ(get("/ops/lanes").at("/data"), "[]");
}

}  // namespace
