#include <gtest/gtest.h>

#include "cli/topics_plan.h"

namespace carafe::cli::spec {

namespace {

using Kind = TopicChange::Kind;

TopicSettings topic(const std::string& name, int partitions) {
    TopicSettings settings;
    settings.name = name;
    settings.partitions = partitions;
    return settings;
}

std::map<std::string, kafka::TopicState> cluster(int partitions) {
    kafka::TopicState state;
    state.partitions = partitions;
    state.replication = 1;
    return {{"t", state}};
}

TEST(TopicsPlan, is_empty_when_the_cluster_has_what_is_wanted) {
    EXPECT_TRUE(plan_topics({topic("t", 3)}, cluster(3)).empty());
    EXPECT_TRUE(plan_topics({}, cluster(3)).empty());
}

TEST(TopicsPlan, creates_what_is_missing) {
    TopicSettings wanted = topic("new", 3);
    wanted.config["retention.ms"] = "-1";
    const auto changes = plan_topics({wanted}, cluster(3));
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].kind, Kind::kCreate);
    EXPECT_EQ(changes[0].description, "create with 3 partitions, replication 1, retention.ms=-1");
}

TEST(TopicsPlan, grows_but_never_shrinks) {
    const auto grown = plan_topics({topic("t", 6)}, cluster(3));
    ASSERT_EQ(grown.size(), 1U);
    EXPECT_EQ(grown[0].kind, Kind::kGrow);
    EXPECT_FALSE(has_refusal(grown));
    const auto shrunk = plan_topics({topic("t", 2)}, cluster(3));
    ASSERT_EQ(shrunk.size(), 1U);
    EXPECT_EQ(shrunk[0].kind, Kind::kRefused);
    EXPECT_TRUE(has_refusal(shrunk));
    EXPECT_EQ(
        shrunk[0].description,
        "has 3 partitions, karafka.yml says 2: Kafka cannot take partitions away; write 3"
    );
}

bool loses(const std::string& property, const std::string& now, const std::string& wanted) {
    auto existing = cluster(3);
    if (!now.empty()) {
        existing["t"].config[property] = now;
    }
    TopicSettings settings = topic("t", 3);
    settings.config[property] = wanted;
    return loses_data(plan_topics({settings}, existing));
}

TEST(TopicsPlan, says_which_changes_may_delete_records) {
    EXPECT_TRUE(loses("retention.ms", "", "1000"));
    EXPECT_TRUE(loses("retention.ms", "-1", "604800000"));
    EXPECT_TRUE(loses("retention.ms", "2000", "1000"));
    EXPECT_FALSE(loses("retention.ms", "1000", "2000"));
    EXPECT_FALSE(loses("retention.ms", "1000", "-1"));
    EXPECT_FALSE(loses("retention.ms", "", "-1"));
    EXPECT_TRUE(loses("retention.bytes", "", "1000"));
    EXPECT_FALSE(loses("retention.bytes", "1000", "2000"));
    EXPECT_TRUE(loses("cleanup.policy", "", "compact"));
    EXPECT_TRUE(loses("cleanup.policy", "compact", "delete"));
    EXPECT_FALSE(loses("cleanup.policy", "", "delete"));
    EXPECT_FALSE(loses("max.message.bytes", "", "10"));
}

TEST(TopicsPlan, loses_nothing_by_creating_a_topic) {
    TopicSettings wanted = topic("new", 3);
    wanted.config["retention.ms"] = "1";
    EXPECT_FALSE(loses_data(plan_topics({wanted}, cluster(3))));
}

TEST(TopicsPlan, refuses_to_change_the_replication) {
    TopicSettings wanted = topic("t", 3);
    wanted.replication = 3;
    EXPECT_TRUE(has_refusal(plan_topics({wanted}, cluster(3))));
}

TEST(TopicsPlan, sets_only_the_properties_that_differ) {
    TopicSettings wanted = topic("t", 3);
    wanted.config = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
    auto existing = cluster(3);
    existing["t"].config = {{"a", "1"}, {"b", "1"}, {"z", "9"}};
    const auto changes = plan_topics({wanted}, existing);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].kind, Kind::kConfigure);
    EXPECT_EQ(changes[0].config, (std::map<std::string, std::string>{{"b", "2"}, {"c", "3"}}));
    EXPECT_EQ(changes[0].description, "set b from 1 to 2, c from the default to 3");
}

}  // namespace

}  // namespace carafe::cli::spec
